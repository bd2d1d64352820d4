import Compression
import Crypto
import Evidence
import Findings
import FoundationEssentials
import Parquet
import Rows
import Storage

/// One row group of a file, and where it is.
struct StoredGroup: Sendable {
    let part: ExportManifest.Part
    let group: ExportManifest.RowGroup
    /// In the file, from 0.
    let index: Int
    /// In bytes from the start of the file.
    let range: Range<Int64>
}

extension ExportManifest.Part {
    /// - Returns: nil if the manifest does not say where row groups are.
    func storedGroups(_ form: PartForm) -> [StoredGroup]? {
        var start = form.groupsStart
        return groups.map { groups in
            groups.enumerated().map { index, group in
                defer { start += group.bytes }
                return StoredGroup(part: self, group: group, index: index, range: start..<start + group.bytes)
            }
        }
    }
}

/// Reads one row group, and nothing else of its file, and compares it with the manifest.
/// - Parameter onRow: gets each row in canonical form. The rows are proven only when the function has returned.
/// - Throws: ``FlawedPart`` if it is not what was exported; ``StoreError``; what `onRow` throws.
func readGroup(
    _ stored: StoredGroup, in store: some ExportStore, _ form: PartForm,
    onRow: (UnsafeRawBufferPointer) throws -> Void
) async throws {
    var hash = SHA256()
    let decoder = try form.decoder(of: stored)
    var rows: Int64 = 0
    for start in stride(from: stored.range.lowerBound, to: stored.range.upperBound, by: pieceSize) {
        try Task.checkCancellation()
        let bytes = try await store.read(
            stored.part.file, range: start..<min(stored.range.upperBound, start + Int64(pieceSize)))
        try flawing(stored) {
            try bytes.withUnsafeBytes { bytes in
                hash.update(bufferPointer: bytes)
                try decoder.read(bytes) { row in
                    rows += 1
                    try onRow(row)
                }
            }
        }
    }
    try flawing(stored) { try decoder.finish() }
    let sum = Hex.encode(hash.finalize())
    guard sum == stored.group.sha256 else {
        throw FlawedPart(reason: "row group \(stored.index): SHA-256 \(sum) instead of \(stored.group.sha256)")
    }
    guard rows == stored.group.rows else {
        throw FlawedPart(reason: "row group \(stored.index): \(rows) rows instead of \(stored.group.rows)")
    }
}

/// Bytes that are read at once.
private let pieceSize = 16 << 20

/// Turns errors of formats into ``FlawedPart``.
private func flawing(_ stored: StoredGroup, _ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error where error is RowError || error is SeekableZstdError || error is ParquetError {
        throw FlawedPart(reason: "row group \(stored.index): \(error)")
    }
}

/// Turns the bytes of one row group back into canonical rows.
private protocol GroupDecoder: AnyObject {
    func read(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws

    /// Must be called behind the last byte.
    func finish() throws
}

extension PartForm {
    fileprivate func decoder(of stored: StoredGroup) throws -> any GroupDecoder {
        // No row is longer than all of them.
        let limit = min(CopyRows.maximumRow, Int(clamping: stored.part.digest.bytes))
        guard let text = layout.text else {
            return try ColumnGroupDecoder(
                ParquetColumn.columns(columns, fallbacks), limit: limit, limits: limits(stored.part.contents),
                at: stored.range.lowerBound)
        }
        return try FrameGroupDecoder(text.reader(for: columns, limit: limit, withHeader: stored.index == 0))
    }
}

private final class FrameGroupDecoder: GroupDecoder {
    private let decoder: TextDecoder

    init(_ layout: any RowReader) throws { decoder = try TextDecoder(layout, withTable: false) }

    func read(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try decoder.read(bytes, body)
    }

    func finish() throws { _ = try decoder.finish() }
}

private final class ColumnGroupDecoder: GroupDecoder {
    private var reader: ParquetReader
    private var rows: CanonicalRows

    init(_ columns: [ParquetColumn], limit: Int, limits: ParquetReader.Limits, at offset: Int64) throws {
        reader = try ParquetReader(columns.map(\.schema), limits: limits, groupAt: offset)
        rows = CanonicalRows(limit: limit)
    }

    func read(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try reader.read(bytes) { try rows.read(&$0, rows: $1, body) }
    }

    func finish() throws { try reader.finishGroup() }
}
