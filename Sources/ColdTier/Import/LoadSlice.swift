import Findings
import Postgres
import Rows
import Storage

extension ImportedSlice {
    /// Loads the slice; on an error the table stays as it was.
    /// - Throws: `CancellationError`.
    func load(from store: any ExportStore, _ request: ImportRequest) async throws -> Finding {
        do {
            return try await withConnection(to: request.target, settings: importSettings) { connection in
                // What is not committed is rolled back when the connection closes.
                try await connection.execute("BEGIN")
                // Without the lock, two imports of one slice would not see each other's rows.
                _ = try await connection.query(
                    "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))",
                    ["pgassay import \(name.sql) \(slice.directory)"], deadline: request.deadline)
                let partition = try await PurgedPartition(of: self, over: connection)
                try await partition?.waitForOthers(over: connection, deadline: request.deadline)
                let before = try await digest(over: connection, deadline: request.deadline)
                if before == slice.digest { return finding(before, note: "it was there already") }
                guard before.rows == 0 else {
                    return couldNot(
                        "the table has \(counted(before.rows, "row")) of this time already: remove them, or import elsewhere"
                    )
                }
                try await partition?.make(over: connection)
                let flaw = try await copy(
                    from: store, into: partition?.name ?? name, over: connection, deadline: request.deadline)
                if let flaw {
                    return failed(observed: flaw, reason: "the export is damaged: get the file back from another copy")
                }
                try await partition?.attach(over: connection, deadline: request.deadline)
                let after = try await digest(over: connection, deadline: request.deadline)
                guard after == slice.digest else {
                    return couldNot(
                        "loaded, the rows came to \(after): something in the database changes them, such as a trigger; "
                            + "nothing was kept")
                }
                try await connection.execute("COMMIT")
                return finding(after, note: partition.map { "the partition \($0.name) was made again for it" })
            }
        } catch let error as PostgresError {
            try Task.checkCancellation()
            return couldNot(error.description + advice(on: error))
        } catch StoreError.cancelled {
            throw CancellationError()
        } catch let error as StoreError {
            return couldNot(error.description)
        }
    }

    /// The digest of the rows that the table has of the slice's time.
    private func digest(over connection: Connection, deadline: Duration) async throws -> TableDigest {
        let condition = sliceCondition(
            slice.name, from: slice.from, to: slice.to, on: quoteIdentifier(table.timeColumn))
        var (rows, digest) = (CopyRows(), TableDigest())
        try await connection.startCopyOut(
            "COPY (SELECT \(columns) FROM \(name.sql) WHERE \(condition)) TO STDOUT", deadline: deadline)
        while let piece = try await connection.readCopy(atLeast: 256 << 10, deadline: deadline) {
            try Task.checkCancellation()
            try piece.withUnsafeBytes { try rows.read($0) { digest.add(row: $0) } }
        }
        try rows.finish()
        return digest
    }

    /// Copies the rows of the files to the table.
    /// - Returns: what is wrong with a file; nil if the files hold what the manifest says.
    private func copy(
        from store: any ExportStore, into table: TableName, over connection: Connection, deadline: Duration
    ) async throws -> String? {
        try await connection.startCopyIn("COPY \(table.sql) (\(columns)) FROM STDIN", deadline: deadline)
        for part in slice.parts {
            var reader = try PartReader(form, part.contents)
            do {
                try await store.read(part.file) { bytes in
                    // In small pieces: repetitive data decodes to many times its size.
                    for start in stride(from: 0, to: bytes.count, by: Self.piece) {
                        var rows = ByteBuffer()
                        try reader.read(Array(bytes[start..<min(bytes.count, start + Self.piece)])) { row in
                            rows.append(row)
                            rows.append(Self.newline)
                        }
                        try await connection.writeCopy(rows.bytes, deadline: deadline)
                    }
                }
                let differences = try reader.finish().differences(from: part.contents)
                guard differences.isEmpty else { return "\(part.file): \(differences.joined(separator: "; "))" }
            } catch let flaw as FlawedPart {
                return "\(part.file): \(flaw)"
            }
        }
        try await connection.endCopyIn(deadline: deadline)
        return nil
    }

    private static let piece = 16 << 10

    private static let newline: [UInt8] = [UInt8(ascii: "\n")]

    private var columns: String { shape.columns.map { quoteIdentifier($0.name) }.joined(separator: ", ") }

    /// What to do where a partitioned table has no partition for the rows.
    private func advice(on error: PostgresError) -> String {
        guard error.sqlState?.rawValue == "23514", let from = slice.from, let to = slice.to else { return "" }
        return """
            . If \(name) is partitioned, it may lack a partition for the times from \(from) to \(to): make one, and import again
            """
    }

    // MARK: Findings

    private func finding(_ observed: TableDigest, note: String?) -> Finding {
        Finding(
            id: .import, subject: subject, status: .passed, basis: .manifest, expected: "\(slice.digest)",
            observed: "\(observed)", reason: note)
    }

    private func failed(observed: String, reason: String) -> Finding {
        Finding(
            id: .import, subject: subject, status: .failed, basis: .manifest, expected: "\(slice.digest)",
            observed: observed, reason: reason, cause: .backup)
    }

    private func couldNot(_ reason: String) -> Finding {
        Finding(
            id: .import, subject: subject, status: .inconclusive, basis: .manifest, expected: "\(slice.digest)",
            reason: reason, cause: .environment)
    }
}
