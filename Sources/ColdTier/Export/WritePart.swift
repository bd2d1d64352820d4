import Postgres
import Rows
import SourceSnapshot
import SystemPackage

/// Reads the rows of a part from the database and writes them to a file. The file is on stable storage when the
/// function returns.
/// - Throws: ``PostgresError``, also if the number of rows received is not the number that the server sent;
///   ``StoreError``, ``RowError``.
func writePart(
    _ part: PlannedPart, of slice: PlannedSlice, over connection: Connection, _ request: ExportRequest,
    limit: RateLimit?, to path: FilePath
) async throws -> PartContents {
    var rows = CopyRows()
    var sink = try RowSink(slice.form(request.layout), request.encoding, to: path)
    try await connection.startCopyOut("COPY (\(part.query)) TO STDOUT", deadline: request.deadline)
    do {
        while let copy = try await connection.readCopy(atLeast: copyPiece, deadline: request.deadline) {
            try Task.checkCancellation()
            try copy.withUnsafeBytes { try rows.read($0) { try sink.add($0) } }
            try await limit?.pass(copy.count)
        }
    } catch {
        await connection.abandon()
        throw error
    }
    try rows.finish()
    let contents = try sink.finish()
    // The server's own count shows that no row was lost on the way.
    guard let sent = await connection.copiedRows, sent == contents.digest.rows else {
        throw PostgresError.unexpectedAnswer("\(contents.digest.rows) rows from a COPY of another number of rows")
    }
    return contents
}

/// Bytes that are taken from a connection at once.
private let copyPiece = 256 << 10

/// Takes rows on their way into a file: each row is added to the digest, and encoded.
struct RowSink: ~Copyable {
    private var survey: RowSurvey
    /// Nil if nobody asks for it.
    private var contentSum: ContentSum?
    private let encoder: any PartEncoder
    private var file: PartFile

    /// - Parameter withContentSum: also takes the sum that a server can compute, which costs as much as all the rest.
    init(_ form: PartForm, _ encoding: PartEncoding, withContentSum: Bool = true, to path: FilePath) throws {
        let encoder = try form.encoder(encoding)
        let file = try PartFile(creating: path)
        self.encoder = encoder
        self.file = file
        contentSum = withContentSum ? ContentSum() : nil
        survey = RowSurvey(form, withKeys: false)
    }

    /// - Parameter row: in canonical form.
    mutating func add(_ row: UnsafeRawBufferPointer) throws {
        try survey.add(row)
        contentSum?.add(row: row)
        try encoder.add(row, number: survey.digest.rows) { try file.write($0) }
    }

    mutating func finish() throws -> PartContents {
        let sizes = try encoder.finish { try file.write($0) }
        var contents = survey.contents
        contents.contentSum = contentSum
        contents.rawBytes = sizes.rawBytes
        contents.rowGroups = sizes.groups.count
        contents.groups = sizes.groups.map(ExportManifest.RowGroup.init)
        try file.finish()
        contents.bytes = file.bytes
        return contents
    }
}

extension ExportManifest.RowGroup {
    /// Of a row group that was written and not read back yet.
    fileprivate init(_ sizes: GroupSizes) {
        self.init(
            bytes: sizes.bytes, rawBytes: sizes.rawBytes, rows: 0, sha256: "", minimum: nil, maximum: nil,
            firstKey: nil, lastKey: nil)
    }
}
