import Manifest
import Postgres
import Rows
import SourceSnapshot

/// The rows of one part of a table.
struct RowsOfPart: Sendable {
    var rows: KeyedRows
    /// Of each column of times, by its position.
    var times: [Int: TimeRange]

    mutating func add(_ other: RowsOfPart) {
        rows.add(other.rows)
        for (column, range) in other.times { times[column, default: TimeRange()].add(range) }
    }
}

/// Reads the rows of tables over all connections of a snapshot.
struct RowReading: Sendable {
    let tables: [SurveyedTable]
    /// Which of them are read.
    let wanted: [Int]
    let isFromVersion14: Bool
    /// Of the rows in their canonical form.
    let encoding: String
    let limit: RateLimit?
    /// The most ranges of a table.
    let ranges: Int
    let emit: CaptureEventSink

    /// Bytes that are taken from a connection at once.
    private static let piece = 256 << 10

    var bytes: Int64 { wanted.reduce(0) { $0 + tables[$1].described.bytes } }

    /// - Returns: by the position of the table.
    /// - Throws: ``PostgresError``, ``CaptureError``; `CancellationError`.
    func read(in snapshot: SourceSnapshot) async throws -> [Int: SourceManifest.Rows] {
        // The largest first, so that the connections do not wait for a large one at the end.
        let parts = wanted.flatMap { tables[$0].parts(of: $0, in: encoding, inRanges: isFromVersion14) }
            .sorted { $0.bytes > $1.bytes }
        let progress = Progress(total: parts.reduce(0) { $0 + $1.bytes }, emit: emit)
        let found = try await snapshot.share(parts) { part, connection in
            emit(.item(tables[part.table].name.description))
            let rows = try await read(part, over: connection)
            await progress.add(part.bytes)
            return rows
        }
        var sums: [Int: RowsOfPart] = [:]
        for (part, rows) in zip(parts, found) {
            if sums[part.table] == nil { sums[part.table] = rows } else { sums[part.table]?.add(rows) }
        }
        return sums.reduce(into: [:]) { result, sum in
            let table = tables[sum.key]
            var rows = sum.value.rows
            rows.finish()
            result[sum.key] = SourceManifest.Rows(
                rows, order: table.rowKey.order,
                newest: sum.value.times.reduce(into: [:]) { newest, column in
                    newest[table.described.columns[column.key].name] = column.value.maximum?.description
                })
        }
    }

    private func read(_ part: SurveyedTable.Part, over connection: Connection) async throws -> RowsOfPart {
        let table = tables[part.table]
        let key = table.rowKey
        let timeColumns = table.timeColumns
        var sum = RowsOfPart(rows: KeyedRows(key, KeyRanges(atMost: ranges)), times: [:])
        var times = timeColumns.map { _ in TimeRange() }
        var rows = CopyRows()
        do {
            try await connection.startCopyOut(part.copy, deadline: Self.patience)
            while let copy = try await connection.readCopy(atLeast: Self.piece, deadline: Self.patience) {
                try Task.checkCancellation()
                try copy.withUnsafeBytes { copy in
                    try rows.read(copy) { row in
                        sum.rows.add(row: row)
                        for (index, column) in timeColumns.enumerated() {
                            guard let field = CopyText.field(at: column, of: key.columns, in: row) else { continue }
                            // What is printed in another form than a time is not compared as one.
                            _ = times[index].add(field: field)
                        }
                    }
                }
                try await limit?.pass(copy.count)
            }
            try rows.finish()
        } catch {
            await connection.abandon()
            throw Self.explain(error, table.name)
        }
        guard let sent = await connection.copiedRows, sent == rows.count else {
            throw PostgresError.unexpectedAnswer("\(rows.count) rows from a COPY of another number of rows")
        }
        for (index, column) in timeColumns.enumerated() where times[index].maximum != nil {
            sum.times[column] = times[index]
        }
        return sum
    }

    /// How long a server may give no piece of rows. What it works on has a limit of its own, if a person set one.
    private static let patience = Duration.seconds(86_400)

    private static func explain(_ error: any Error, _ table: TableName) -> any Error {
        switch error {
        case let error as RowError: PostgresError.unexpectedAnswer("rows of \(table): \(error)")
        // insufficient_privilege, of a table that the role may read.
        case let error as PostgresError where error.sqlState?.rawValue == "42501": CaptureError.rowsHidden(table)
        // serialization_failure and statement_completion_unknown: "canceling statement due to conflict with recovery".
        case PostgresError.server(let error) where error.sqlState.rawValue == "40001":
            CaptureError.conflict(reason: error.publicMessage())
        default: error
        }
    }

    /// Adds up what was read.
    private actor Progress {
        private var done: Int64 = 0
        private let total: Int64
        private let emit: CaptureEventSink

        init(total: Int64, emit: @escaping CaptureEventSink) {
            self.total = total
            self.emit = emit
        }

        func add(_ bytes: Int64) {
            done += bytes
            emit(.progress(done: done, total: total))
        }
    }
}
