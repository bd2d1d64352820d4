import Compression
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
    var sink = try RowSink(slice, request, to: path)
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

/// Takes rows on their way into a file: each row is added to the digest, encoded in the layout and compressed.
private struct RowSink: ~Copyable {
    private var survey: RowSurvey
    private var contentSum = ContentSum()
    private let layout: any RowWriter
    private let rowGroupBytes: Int
    private var output = ByteBuffer()
    private var compressor: SeekableZstdWriter
    private var file: PartFile
    private var rawBytes: Int64 = 0

    /// Encoded bytes are compressed as soon as there are this many.
    private static let piece = 256 << 10

    init(_ slice: PlannedSlice, _ request: ExportRequest, to path: FilePath) throws {
        let compressor = try SeekableZstdWriter(SeekableZstdSettings(request.compression, workers: request.workers))
        let file = try PartFile(creating: path)
        self.compressor = compressor
        self.file = file
        survey = RowSurvey(timeIndex: slice.table.timeIndex, columns: slice.table.shape.columns.count)
        layout = request.layout.writer(for: slice.table.shape.columns)
        rowGroupBytes = request.compression.rowGroupBytes
        output.append(layout.header)
    }

    /// - Parameter row: in canonical form.
    mutating func add(_ row: UnsafeRawBufferPointer) throws {
        try survey.add(row)
        contentSum.add(row: row)
        try layout.append(row, number: survey.digest.rows, to: &output)
        if output.count >= Self.piece { try compress() }
        if Int(compressor.frameBytes) + output.count >= rowGroupBytes { try endRowGroup() }
    }

    private mutating func compress() throws {
        rawBytes += Int64(output.count)
        try output.withUnsafeBytes { bytes in
            try compressor.write(bytes) { try file.write($0) }
        }
        output.removeAll()
    }

    private mutating func endRowGroup() throws {
        try compress()
        try compressor.endFrame { try file.write($0) }
    }

    mutating func finish() throws -> PartContents {
        try compress()
        let table = try compressor.finish { try file.write($0) }
        var contents = survey.contents
        contents.contentSum = contentSum
        contents.rawBytes = rawBytes
        contents.rowGroups = table.frames.count
        try file.finish()
        contents.bytes = file.bytes
        return contents
    }
}

extension SeekableZstdSettings {
    init(_ compression: ExportManifest.Compression, workers: Int) {
        self.init(
            level: compression.level, longDistanceMatching: compression.longDistanceMatching, workers: workers,
            rowGroupBytes: compression.rowGroupBytes)
    }
}
