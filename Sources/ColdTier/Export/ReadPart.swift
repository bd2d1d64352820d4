import Compression
import Crypto
import Evidence
import Findings
import Parquet
import Rows
import Storage

/// Reads a file of an export back, strictly: the SHA-256 of the stored bytes; every checksum in it; every row, decoded from
/// the layout to its canonical form, with the digest and times of those rows.
struct PartReader: ~Copyable {
    private var hash = SHA256()
    private var bytes: Int64 = 0
    private let decoder: any PartDecoder
    private var survey: RowSurvey

    /// - Parameter expected: what the file should hold; nothing in it is believed to be larger.
    init(_ form: PartForm, _ expected: PartContents) throws {
        decoder = try form.decoder(of: expected)
        survey = RowSurvey(timeIndex: form.timeIndex, columns: form.columns.count)
    }

    /// Takes the next bytes of the file.
    /// - Parameter onRow: gets each row in canonical form; the bytes are valid only during the call.
    /// - Throws: ``FlawedPart``; what `onRow` throws.
    mutating func read(
        _ piece: [UInt8], onRow: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        bytes += Int64(piece.count)
        do {
            try piece.withUnsafeBytes { piece in
                hash.update(bufferPointer: piece)
                try decoder.read(piece) { row in
                    try survey.add(row)
                    try onRow(row)
                }
            }
        } catch let error as RowError {
            throw FlawedPart(reason: error.description)
        } catch let error as SeekableZstdError {
            throw FlawedPart(reason: error.description)
        } catch let error as ParquetError {
            throw FlawedPart(reason: error.description)
        }
    }

    /// - Throws: ``FlawedPart`` if the file is not complete.
    mutating func finish() throws -> PartContents {
        let sizes: PartSizes
        do {
            sizes = try decoder.finish()
        } catch {
            throw FlawedPart(reason: "\(error)")
        }
        var contents = survey.contents
        contents.rawBytes = sizes.rawBytes
        contents.bytes = bytes
        contents.rowGroups = sizes.rowGroups
        contents.sha256 = Hex.encode(hash.finalize())
        return contents
    }
}

/// A file is not one that an export writes: it is damaged, cut off, or something else.
struct FlawedPart: Error, Sendable, Equatable, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}

/// Reads a file of an export from where it is stored.
/// - Parameter expected: what the file should hold. The caller compares it with what was read.
/// - Throws: ``FlawedPart`` if it is not a file that an export writes; ``StoreError`` if it cannot be read.
func readPart(
    _ file: String, in store: some ExportStore, _ form: PartForm, _ expected: PartContents
) async throws -> PartContents {
    var reader = try PartReader(form, expected)
    try await store.read(file) { try reader.read($0) }
    return try reader.finish()
}
