/// A type as a dump's statements spell it (`format_type_be` in format_type.c), with its collation.
struct TypeName: Equatable, Sendable {
    let schema: String?
    /// Without limits and brackets, in lowercase if it is not quoted: `character varying`, `timestamp with time zone`,
    /// `"My type"` without the quotes.
    let name: String
    /// Whether it is a name in quotes, such as `"char"`, or a name with a schema: then it is none of the words of SQL.
    let isIdentifier: Bool
    /// The numbers in parentheses; empty where there are none, or something else.
    let limits: [Int]
    let isArray: Bool

    /// Moves past a type.
    /// - Returns: nil where none begins.
    init?(_ reader: inout SQLTokenReader) {
        var wasQuoted = false
        if case .quoted? = reader.next { wasQuoted = true }
        guard let (schema, name) = reader.qualifiedName() else { return nil }
        self.schema = schema
        isIdentifier = wasQuoted || schema != nil
        var words = name
        if !isIdentifier {
            for (first, second) in [("double", "precision"), ("character", "varying"), ("bit", "varying")]
            where name == first && reader.accept(second) {
                words = "\(first) \(second)"
            }
            if name == "interval" {
                while case .word(let word)? = reader.next, Self.intervalFields.contains(word) { reader.skip() }
            }
        }
        limits = Self.limits(&reader)
        if !isIdentifier, name == "timestamp" || name == "time" {
            if reader.accept("with", "time", "zone") {
                words = "\(name) with time zone"
            } else {
                _ = reader.accept("without", "time", "zone")
            }
        }
        self.name = words
        var isArray = false
        while reader.accept(.symbol(UInt8(ascii: "["))) {
            guard reader.accept(.symbol(UInt8(ascii: "]"))) else { return nil }
            isArray = true
        }
        self.isArray = isArray
    }

    private static let intervalFields: Set<String> = ["year", "month", "day", "hour", "minute", "second", "to"]

    /// Moves past `(10,2)`, or past anything else in parentheses.
    private static func limits(_ reader: inout SQLTokenReader) -> [Int] {
        guard reader.accept(.open) else { return [] }
        var limits: [Int] = []
        var isNegative = false
        var isNumbers = true
        var depth = 1
        while depth > 0, let token = reader.next {
            reader.skip()
            switch token {
            case .open: depth += 1
            case .close: depth -= 1
            case .symbol(UInt8(ascii: "-")): isNegative = true
            case .comma: isNegative = false
            case .number(let text):
                guard let number = Int(text) else {
                    isNumbers = false
                    continue
                }
                limits.append(isNegative ? -number : number)
            default: isNumbers = false
            }
        }
        return isNumbers ? limits : []
    }
}
