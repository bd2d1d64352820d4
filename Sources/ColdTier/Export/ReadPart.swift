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
    /// Where row groups should end, in bytes from the start of the file; nil if nothing says it.
    private let ends: [Int64]?
    private let groupsStart: Int64
    /// Those that were read, and the hash of the one that is being read.
    private var groups: [ExportManifest.RowGroup] = []
    private var groupHash = SHA256()

    /// - Parameter expected: what the file should hold; nothing in it is believed to be larger.
    init(_ form: PartForm, _ expected: PartContents) throws {
        decoder = try form.decoder(of: expected)
        survey = RowSurvey(form, withKeys: true)
        groupsStart = form.groupsStart
        ends = expected.groups?.reduce(into: []) { ends, group in
            ends.append((ends.last ?? form.groupsStart) + group.bytes)
        }
    }

    /// Takes the next bytes of the file.
    /// - Parameter onRow: gets each row in canonical form; the bytes are valid only during the call.
    /// - Throws: ``FlawedPart``; what `onRow` throws.
    mutating func read(
        _ piece: [UInt8], onRow: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        do {
            try piece.withUnsafeBytes { piece in
                hash.update(bufferPointer: piece)
                var rest = piece
                while !rest.isEmpty {
                    let taken = take(rest)
                    try decoder.read(taken) { row in
                        try survey.add(row)
                        try onRow(row)
                    }
                    rest = UnsafeRawBufferPointer(rebasing: rest[taken.count...])
                    endGroup()
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

    /// The next bytes, which are of one row group, or of none.
    private mutating func take(_ rest: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let isBefore = bytes < groupsStart
        let end = isBefore ? groupsStart : ends?.dropFirst(groups.count).first
        let taken = end.map { UnsafeRawBufferPointer(rebasing: rest.prefix(Int(clamping: $0 - bytes))) } ?? rest
        if end != nil, !isBefore { groupHash.update(bufferPointer: taken) }
        bytes += Int64(taken.count)
        return taken
    }

    /// Ends a row group if all of its bytes were read: its rows are whole, so they have all come out of the decoder.
    private mutating func endGroup() {
        guard let ends, groups.count < ends.count, bytes == ends[groups.count] else { return }
        var group = survey.endGroup()
        group.bytes = bytes - (groups.isEmpty ? groupsStart : ends[groups.count - 1])
        group.sha256 = Hex.encode(groupHash.finalize())
        groupHash = SHA256()
        groups.append(group)
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
        contents.rowGroups = sizes.groups.count
        if ends != nil {
            guard groups.map(\.bytes) == sizes.groups.map(\.bytes) else {
                throw FlawedPart(reason: "its row groups are not where the manifest says")
            }
            for (index, size) in sizes.groups.enumerated() { groups[index].rawBytes = size.rawBytes }
            contents.groups = groups
        }
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
/// - Parameters:
///   - expected: what the file should hold. The caller compares it with what was read.
///   - onRow: gets each row in canonical form, before anything is proven; the bytes are valid only during the call.
/// - Throws: ``FlawedPart`` if it is not a file that an export writes; ``StoreError`` if it cannot be read.
func readPart(
    _ file: String, in store: some ExportStore, _ form: PartForm, _ expected: PartContents,
    onRow: (UnsafeRawBufferPointer) throws -> Void = { _ in }
) async throws -> PartContents {
    var reader = try PartReader(form, expected)
    try await store.read(file) { try reader.read($0, onRow: onRow) }
    return try reader.finish()
}

/// Reads a file of an export and compares it with what it should hold.
/// - Parameter onRow: as of ``readPart(_:in:_:_:onRow:)``: the rows are proven only when the function has returned.
/// - Throws: ``FlawedPart`` if it holds something else; ``StoreError`` if it cannot be read; what `onRow` throws.
@discardableResult func readProvenPart(
    _ file: String, in store: some ExportStore, _ form: PartForm, _ expected: PartContents,
    onRow: (UnsafeRawBufferPointer) throws -> Void = { _ in }
) async throws -> PartContents {
    let contents = try await readPart(file, in: store, form, expected, onRow: onRow)
    let differences = contents.differences(from: expected)
    guard differences.isEmpty else { throw FlawedPart(reason: differences.joined(separator: "; ")) }
    return contents
}
