import Compression
import Crypto
import Evidence
import Findings
import Rows
import Storage

/// Reads a file of an export back, strictly: SHA-256 of what is stored, every frame with its checksum against the seek table,
/// every row of the layout back into its canonical form, digest and times of those.
struct PartReader: ~Copyable {
    private var hash = SHA256()
    private var bytes: Int64 = 0
    private var rawBytes: Int64 = 0
    private var decoder: SeekableZstdReader
    private var layout: any RowReader
    private var survey: RowSurvey

    /// - Parameter timeColumn: is one of the columns, as the manifest has made sure of.
    init(_ layout: ExportLayout, _ columns: [ExportColumn], timeColumn: String) throws {
        decoder = try SeekableZstdReader()
        self.layout = layout.reader(for: columns)
        survey = RowSurvey(
            timeIndex: columns.firstIndex { $0.name.utf8.elementsEqual(timeColumn.utf8) } ?? 0, columns: columns.count)
    }

    /// Takes the next bytes of the file.
    /// - Parameter onRow: is given each row in canonical form, which is good only during the call.
    /// - Throws: ``FlawedPart``; what `onRow` throws.
    mutating func read(
        _ piece: [UInt8], onRow: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        bytes += Int64(piece.count)
        do {
            try piece.withUnsafeBytes { piece in
                hash.update(bufferPointer: piece)
                try decoder.read(piece) { decoded in
                    rawBytes += Int64(decoded.count)
                    try layout.read(decoded) { row in
                        try survey.add(row)
                        try onRow(row)
                    }
                }
            }
        } catch let error as RowError {
            throw FlawedPart(reason: error.description)
        } catch let error as SeekableZstdError {
            throw FlawedPart(reason: error.description)
        }
    }

    /// - Throws: ``FlawedPart`` where the file is not whole.
    mutating func finish() throws -> PartContents {
        let table: SeekTable
        do {
            table = try decoder.finish()
            try layout.finish()
        } catch let error as RowError {
            throw FlawedPart(reason: error.description)
        } catch {
            throw FlawedPart(reason: "\(error)")
        }
        var contents = survey.contents
        contents.rawBytes = rawBytes
        contents.bytes = bytes
        contents.rowGroups = table.frames.count
        contents.sha256 = Hex.encode(hash.finalize())
        return contents
    }
}

/// A file is not what an export writes: damaged, cut off, or something else.
struct FlawedPart: Error, Sendable, Equatable, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}

/// Reads a file of an export from where it is stored.
/// - Throws: ``FlawedPart`` when it is not what an export writes; ``StoreError`` when it cannot be read.
func readPart(
    _ file: String, in store: some ExportStore, _ layout: ExportLayout, _ columns: [ExportColumn], timeColumn: String
) async throws -> PartContents {
    var reader = try PartReader(layout, columns, timeColumn: timeColumn)
    try await store.read(file) { try reader.read($0) }
    return try reader.finish()
}
