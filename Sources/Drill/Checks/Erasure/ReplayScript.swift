import Archive
import Findings
import Postgres
import SystemPackage

/// A script that erases rows again after a recovery. It runs as `psql --set ON_ERROR_STOP=1 --file` runs it: statement by
/// statement, each in a transaction of its own unless the script begins one, up to the first error. Rows may follow a
/// `COPY … FROM STDIN`.
struct ReplayScript: Sendable {
    /// A statement that the server refused.
    struct Refused: Error {
        /// The line of the script in which the statement ends.
        let line: Int
        let error: ServerError
        /// The script does not fit the database; else something is wrong with the server.
        let isOfScript: Bool

        init(line: Int, _ error: ServerError) {
            self.line = line
            self.error = error
            isOfScript =
                Self.families.contains(error.sqlState.family) && !Self.ofServer.contains(error.sqlState.rawValue)
        }

        /// Neither the statement nor a row, which the server's message may quote.
        var words: String {
            "line \(line) of the script: \(error.sqlState.words(for: error.message, names: ObjectNames()))"
        }

        /// Of what a statement asks, of its values, of constraints and states, and of what functions raise.
        private static let families: Set<String> = [
            "02", "09", "0A", "0B", "0L", "20", "21", "22", "23", "24", "25", "26", "27", "2B", "2D", "2F", "34", "38",
            "39", "3B", "3D", "3F", "42", "44", "55", "P0",
        ]
        /// No privilege, and a lock that somebody holds.
        private static let ofServer: Set<String> = ["42501", "55P03"]
    }

    private let bytes: [UInt8]
    private let parts: [PlainPart]
    /// How many statements it has.
    let statements: Int

    /// Reads a script.
    /// - Throws: ``ErasureFileError`` if there is something in it that is not run here, or none that is.
    init(at file: FilePath) throws(ErasureFileError) {
        bytes = try ErasureFileError.read(file)
        var (script, parts): (PlainScript, [PlainPart]) = (PlainScript(), [])
        script.consume(bytes, parts: &parts)
        for part in parts {
            switch part {
            case .event(.metaCommand(let line, _)):
                throw .script(file, "has a command of psql's in line \(line), which is not run here: write it in SQL")
            case .event(.databaseStatement(let line, _)):
                throw .script(
                    file, "has a statement about a database as a whole in line \(line), which is not run here")
            case .event(.tooLong(let line)):
                throw .script(file, "has a statement that is too long in line \(line)")
            case .statement(let statement) where statement.text.contains(0):
                throw .script(file, "has a byte 0 in a statement in line \(statement.line)")
            default: break
            }
        }
        let summary = script.finish()
        if let inside = summary.endedInside {
            throw .script(file, "ends within \(inside): every statement ends with a semicolon, and rows with \\.")
        }
        self.parts = parts
        statements = parts.count { if case .statement = $0 { true } else { false } }
        guard statements > 0 else { throw .script(file, "has no statement") }
    }

    /// Runs it in a session of its own.
    /// - Throws: ``Refused``; ``Postgres/PostgresError`` if the server gives no answer.
    func run(on target: ConnectionTarget, deadline: Duration) async throws {
        try await withConnection(to: target, settings: ["application_name": "pgassay replay"]) { connection in
            _ = try await connection.query(Self.quiet)
            try await run(over: connection, deadline: deadline)
        }
    }

    /// Statements may have keys in them, and errors may quote rows: neither goes to the server's log, where the account may
    /// say so.
    private static let quiet = """
        SELECT pg_catalog.set_config(s.name, s.value, false)
        FROM (VALUES ('log_statement', 'none'), ('log_min_error_statement', 'panic'), ('log_min_messages', 'panic'),
            ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'),
            ('log_transaction_sample_rate', '0')) s (name, value)
        WHERE pg_catalog.has_parameter_privilege(s.name, 'SET')
        """

    private func run(over connection: isolated Connection, deadline: Duration) throws {
        var copying: ScriptStatement?
        for part in parts {
            try Task.checkCancellation()
            switch part {
            case .event: break
            case .statement(let statement):
                copying = try run(statement, over: connection, deadline) ? statement : nil
            case .rows(let range):
                try bytes.withUnsafeBytes { try connection.send(rows: .init(rebasing: $0[range]), deadline: deadline) }
            case .heldRows(let rows):
                try rows.withUnsafeBytes { try connection.send(rows: $0, deadline: deadline) }
            case .endOfRows:
                guard let statement = copying else { break }
                copying = nil
                if case .failed(let error) = try connection.endRows(deadline: deadline) {
                    throw Refused(line: statement.line, error)
                }
            }
        }
    }

    /// - Returns: whether the server waits for rows.
    private func run(
        _ statement: ScriptStatement, over connection: isolated Connection, _ deadline: Duration
    ) throws -> Bool {
        switch try connection.run(statement.text, deadline: deadline) {
        case .done: return false
        case .failed(let error): throw Refused(line: statement.line, error)
        case .wantsRows where statement.copiesFromScript: return true
        case .wantsRows:
            _ = try connection.endRows(failing: "no rows follow", deadline: deadline)
            throw PostgresError.unexpectedAnswer(
                "a COPY among other statements in line \(statement.line) of the replay")
        case .sendsRows:
            throw PostgresError.unexpectedAnswer("rows of a COPY TO STDOUT in line \(statement.line) of the replay")
        }
    }
}
