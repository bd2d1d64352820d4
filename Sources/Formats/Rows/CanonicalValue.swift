/// Values as people write them, in the form that canonical rows have.
package enum CanonicalValue {
    /// A column of the type has no such value.
    package struct NoValue: Error, Equatable {
        /// What it has, in words: `a whole number`.
        package let expected: String
    }

    /// Numbers, booleans and UUIDs may be written otherwise than PostgreSQL prints them; every other value is taken as it is.
    /// - Parameter type: as `format_type` spells it; of a domain, its base type.
    /// - Throws: ``NoValue`` if it is certain that the column has no such value.
    package static func bytes(of text: String, type: String) throws(NoValue) -> [UInt8] {
        switch type {
        case "smallint", "integer", "bigint":
            guard let number = Int64(text) else { throw NoValue(expected: "a whole number") }
            return Array(String(number).utf8)
        case "boolean":
            switch text {
            case "t", "true": return [UInt8(ascii: "t")]
            case "f", "false": return [UInt8(ascii: "f")]
            default: throw NoValue(expected: "true or false")
            }
        case "uuid":
            guard text.wholeMatch(of: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/) != nil else {
                throw NoValue(expected: "32 hex digits as f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
            }
            return Array(text.lowercased().utf8)
        case "date": return try time(text, .date, "a day as 2022-07-01")
        default: break
        }
        if type.wholeMatch(of: /timestamp(\([0-6]\))? with time zone/) != nil {
            return try time(text, .timestampWithTimeZone, "a time in UTC as 2022-07-01 12:00:00.5+00")
        }
        if type.wholeMatch(of: /timestamp(\([0-6]\))? without time zone/) != nil {
            return try time(text, .timestamp, "a time as 2022-07-01 12:00:00.5")
        }
        var bytes: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { CopyText.escape($0, to: &bytes) }
        return bytes
    }

    private static func time(
        _ text: String, _ form: DatabaseTime.Form, _ expected: String
    ) throws(NoValue) -> [UInt8] {
        guard let time = DatabaseTime(text), time.isInfinite || time.form == form else {
            throw NoValue(expected: expected)
        }
        return Array(text.utf8)
    }
}
