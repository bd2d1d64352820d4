/// A query that is kept in a separate file, so that it also runs in psql. The file is embedded in the binary. Each
/// target names its own files in an extension.
package struct SQLFile: Sendable {
    /// Begins with a comment that holds the file's name, by which logs, ours and the server's, name the statement.
    package let text: String

    /// - Parameters:
    ///   - bytes: of the file, as the package's resources have them.
    ///   - property: that names it, `foreignKeys` of `foreign-keys.sql`.
    package init(_ bytes: [UInt8], property: String = #function) {
        let name = property.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
        text = "-- \(name).sql\n" + String(decoding: bytes, as: UTF8.self)
    }

    /// The name in a comment that ``text`` begins with; nil for any other line.
    static func name(inComment line: Substring) -> String? {
        let name = line.dropFirst(3)
        guard line.hasPrefix("-- "), name.hasSuffix(".sql"),
            name.dropLast(4).utf8.allSatisfy({
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        return String(name)
    }
}
