import Evidence
import Rows

/// How much more a manifest can name before it is larger than any that is read. It is counted while an export writes, so that
/// the export stops at what it can sign, and not when all is written.
struct ManifestRoom: Sendable {
    private let limit: Int
    /// Bytes of the statement, before base64.
    private var taken: Int
    private var shapes: [ExportManifest.Shape]

    /// - Parameters:
    ///   - limit: of the envelope, in bytes. A sixteenth of it is left for what is said of rows that are erased later.
    ///   - before: bytes of the envelope that is there; nil if there is none.
    init(limit: Int, before: Int?, _ previous: ExportManifest?) {
        self.limit = Self.statement(ofEnvelope: limit / 16 * 15)
        taken = before.map(Self.statement) ?? Self.head
        shapes = previous?.tables.flatMap(\.shapes) ?? []
    }

    /// Takes the room for a slice.
    /// - Returns: false if there is none; nothing is taken then.
    mutating func take(_ entry: JournalEntry) throws -> Bool {
        var bytes = try StatementJSON.encode(entry.slice).count + Self.listSeparator
        // As a subject, each file is named again with its SHA-256.
        for part in entry.slice.parts { bytes += part.file.utf8.count + Self.subject }
        let isKnown = shapes.contains(entry.shape)
        if !isKnown { bytes += try StatementJSON.encode(entry.shape).count + Self.listSeparator }
        guard taken + bytes <= limit else { return false }
        taken += bytes
        if !isKnown { shapes.append(entry.shape) }
        return true
    }

    /// Four characters of base64 are three bytes.
    private static func statement(ofEnvelope bytes: Int) -> Int { bytes / 4 * 3 }

    private static let listSeparator = 1
    /// `{"digest":{"sha256":"…"},"name":"…"},`
    private static let subject = 64 + 36
    /// What is neither a slice nor a shape.
    private static let head = 1024
}
