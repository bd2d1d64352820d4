/// A type whose values name roles. Such a value can be read only where the roles exist.
indirect enum RoleType: Sendable, Equatable {
    /// `regrole`
    case role
    /// `aclitem`: `grantee=privileges/grantor`
    case privilege
    case array(RoleType)
    /// A composite type: its fields in order, nil for one that names no role.
    case record([RoleType?])

    /// The roles that a value names, as the server writes the value (`regroleout`, `aclitemout`, `array_out`,
    /// `record_out`). Repeatedly, if the value does so.
    func roles(in value: String) -> [String] {
        switch self {
        case .role:
            // A dash is no role, and digits are the number of a role that the source does not have either.
            if value == "-" || value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return [] }
            var text = ValueText(value)
            return Self.possible([text.identifier(until: [])])
        case .privilege:
            var text = ValueText(value)
            let grantee = text.identifier(until: ["="])
            text.skip(past: "/")
            return Self.possible([grantee, text.identifier(until: [])])
        case .array(let element):
            var text = ValueText(value)
            return text.elements().flatMap(element.roles)
        case .record(let types):
            var text = ValueText(value)
            return zip(types, text.fields()).flatMap { type, field in field.flatMap { type?.roles(in: $0) } ?? [] }
        }
    }

    /// No role can have one of these names: no name is everybody.
    private static func possible(_ names: [String]) -> [String] {
        names.filter { !["", "public", "none"].contains($0) }
    }
}

/// The text of a value, read from its start. Taken apart by scalars: for Swift, a quote with an accent behind it is no quote.
private struct ValueText {
    private var rest: ArraySlice<Unicode.Scalar>

    init(_ text: String) { rest = Array(text.unicodeScalars)[...] }

    /// A name with or without double quotes, in which two quotes are one. Ends before one of `stops` outside of quotes.
    mutating func identifier(until stops: Set<Unicode.Scalar>) -> String {
        var name = String.UnicodeScalarView()
        var isQuoted = false
        while let scalar = rest.first, isQuoted || !stops.contains(scalar) {
            rest = rest.dropFirst()
            guard scalar == "\"" else {
                name.append(scalar)
                continue
            }
            if isQuoted, rest.first == "\"" {
                name.append(scalar)
                rest = rest.dropFirst()
            } else {
                isQuoted.toggle()
            }
        }
        return String(name)
    }

    mutating func skip(past scalar: Unicode.Scalar) {
        rest = rest.drop { $0 != scalar }.dropFirst()
    }

    /// The elements of an array of any dimension: `{a,"b \" c",NULL}`, perhaps with its bounds before it. NULL is none.
    mutating func elements() -> [String] {
        rest = rest.drop { $0 != "{" }
        var elements: [String] = []
        while let scalar = rest.first {
            if ["{", "}", ","].contains(scalar) {
                rest = rest.dropFirst()
                continue
            }
            let (text, wasQuoted) = item(until: [",", "}"])
            if wasQuoted || text != "NULL" { elements.append(text) }
        }
        return elements
    }

    /// The fields of a composite value: `(a,"b ""c""",)`. Nothing at all is NULL.
    mutating func fields() -> [String?] {
        rest = rest.dropFirst()
        var fields: [String?] = []
        while !rest.isEmpty {
            let (text, wasQuoted) = item(until: [",", ")"])
            fields.append(wasQuoted || !text.isEmpty ? text : nil)
            rest = rest.dropFirst()
        }
        return fields
    }

    /// One element or field. In quotes, a backslash escapes what follows, and so does a quote that follows a quote.
    private mutating func item(until stops: Set<Unicode.Scalar>) -> (text: String, wasQuoted: Bool) {
        var text = String.UnicodeScalarView()
        var isQuoted = false
        var wasQuoted = false
        while let scalar = rest.first, isQuoted || !stops.contains(scalar) {
            rest = rest.dropFirst()
            if scalar == "\\", let next = rest.first {
                text.append(next)
                rest = rest.dropFirst()
            } else if scalar == "\"", isQuoted, rest.first == "\"" {
                text.append(scalar)
                rest = rest.dropFirst()
            } else if scalar == "\"" {
                isQuoted.toggle()
                wasQuoted = true
            } else {
                text.append(scalar)
            }
        }
        return (String(text), wasQuoted)
    }
}
