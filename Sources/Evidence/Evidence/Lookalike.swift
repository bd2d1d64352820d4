import FoundationEssentials

/// Names the kind of a file that was given instead of a report.
enum Lookalike {
    /// - Returns: nil for a JSON document that has at least one field of an envelope, or that is cut off too early to
    ///   tell.
    static func name(of bytes: [UInt8]) -> String? {
        if bytes.isEmpty { return "an empty file" }
        if let known = signatures.first(where: { bytes.starts(with: $0.start.utf8) }) { return known.name }
        if bytes.starts(with: [0x1f, 0x8b]) { return "a gzip archive" }
        guard let first = bytes.first(where: { !" \t\r\n".utf8.contains($0) }) else { return "an empty file" }
        guard first == UInt8(ascii: "{") else {
            return bytes.prefix(512).contains(0) ? "binary data" : "text that is not JSON"
        }
        return nameOfObject(bytes)
    }

    private static let signatures: [(start: String, name: String)] = [
        ("PGDMP", "a PostgreSQL dump (it may be the backup itself)"),
        ("-----BEGIN", "a PEM file (it may be a key)"),
        ("%PDF", "a PDF file"),
        ("PK\u{3}\u{4}", "a zip archive"),
        ("<!DOCTYPE", "an HTML page (it may be a rendered report; only the .dsse.json is evidence)"),
        ("<html", "an HTML page (it may be a rendered report; only the .dsse.json is evidence)"),
    ]

    private static func nameOfObject(_ bytes: [UInt8]) -> String? {
        guard let object = try? StatementJSON.decode(Fields.self, from: bytes) else { return nil }
        if object.names.contains("_type") { return "a statement without its envelope, so without its signature" }
        let envelope: Set = ["payload", "payloadType", "signatures"]
        return object.names.isDisjoint(with: envelope) ? "a JSON document of another kind" : nil
    }

    /// The names of an object's fields; their values are ignored.
    private struct Fields: Decodable {
        var names: Set<String>

        init(from decoder: any Decoder) throws {
            names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
        }

        private struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }
}
