import Findings
import Postgres

/// A question of a check's own about one thing, such as one index. It is asked over a connection of its own, beside
/// others, and as soon as what it needs has been restored.
package struct Probe: Sendable {
    /// What it asks about, for people.
    let subject: String
    /// What it asks about, told apart; no two probes of a check ask about the same.
    let key: [String]
    let needs: Needs
    /// How much it will read, in bytes, roughly: what takes long is begun first.
    let bytes: Int64
    /// It is answered before anything else is asked: it looks at damage with care, which may end the server of whoever reads
    /// it without.
    var comesFirst = false
    /// Where the expectation comes from, and what it is, for the finding when the question meets an error.
    let basis: Basis?
    let expected: String?
    /// - Throws: ``Postgres/PostgresError`` when it could not be asked.
    let find: @Sendable (Session) async throws -> [Finding]

    init(
        _ subject: String, key: [String]? = nil, needs: Needs, bytes: Int64 = 0, basis: Basis? = .rule,
        expected: String? = nil,
        find: @escaping @Sendable (Session) async throws -> [Finding]
    ) {
        self.subject = subject
        self.key = key ?? [subject]
        self.needs = needs
        self.bytes = bytes
        self.basis = basis
        self.expected = expected
        self.find = find
    }
}

/// What must have been restored before a question can be asked.
enum Needs: Sendable {
    /// The rows of these tables and everything that alters them: they are read.
    case reading([Table])
    /// The same, and whatever else wants to write to them or to add a foreign key: they are locked against it.
    case locking([Table])
    /// The restore has ended.
    case everything

    /// Nil for all of them.
    var tables: [Table]? {
        switch self {
        case .reading(let tables), .locking(let tables): tables
        case .everything: nil
        }
    }
}

/// A connection, lent to one probe, and the time that each of its statements may take.
struct Session: Sendable {
    let connection: Connection
    let deadline: Duration

    func query(_ sql: String, _ parameters: [String?] = []) async throws -> [Row] {
        try await connection.query(sql, parameters, deadline: deadline)
    }

    /// Runs statements in one transaction that can only read, and rolls it back.
    /// - Parameter settings: of the transaction, by name.
    func reading<Result: Sendable>(
        settings: [String: String] = [:], _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await reading(settings: settings, asEverybody: [], body)
    }

    /// The same, for questions that call the backup's own functions: with the time zone and the form of dates that the
    /// server gives to everybody, the restore among them, and that an index was built with.
    func readingAsRestored<Result: Sendable>(
        settings: [String: String] = [:], _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await reading(settings: settings, asEverybody: ["TimeZone", "DateStyle"], body)
    }

    private func reading<Result: Sendable>(
        settings: [String: String], asEverybody defaults: [String], _ body: (Session) async throws -> Result
    ) async throws -> Result {
        // Together, since of thousands of short questions each would wait for every statement on its own.
        let statements =
            ["BEGIN READ ONLY"] + defaults.map { "SET LOCAL \($0) TO DEFAULT" }
            + settings.sorted { $0.key < $1.key }.map {
                "SELECT pg_catalog.set_config(\(quoteLiteral($0)), \(quoteLiteral($1)), true)"
            }
        do {
            try await connection.execute(statements.joined(separator: "; "))
            let result = try await body(self)
            try await connection.execute("ROLLBACK")
            return result
        } catch {
            // The error says what happened; a connection that cannot even roll back is lost, and says so when used next.
            try? await connection.execute("ROLLBACK")
            throw error
        }
    }
}
