import Archive
import Backup
import Causes
import Findings
import Postgres

/// Runs statements about a server as a whole on a scratch server, each by itself, and keeps what the server says.
struct GlobalsRun: Sendable {
    let place: GlobalPlace
    private var rules: ProblemRules
    private let names: ObjectNames
    private(set) var problems: [RestoreProblem] = []
    /// What is not there because of a problem, by its subject.
    private(set) var judgements: [String: ProblemJudgement] = [:]

    init(on place: GlobalPlace, _ statements: [GlobalStatement], isNewerThanSource: Bool) {
        self.place = place
        rules = ProblemRules(isNewerThanSource: isNewerThanSource)
        names = ObjectNames(Set(statements.flatMap(\.names)))
    }

    /// - Parameters:
    ///   - connection: of the scratch server's superuser, in a database whose settings are ours.
    ///   - isWithin: whether a transaction was begun, which a statement that fails must not end.
    /// - Throws: `PostgresError` when the server is lost.
    mutating func run(
        _ statements: [GlobalStatement], over connection: Connection, withinTransaction isWithin: Bool = false
    ) async throws {
        // Nowhere else may a server of ours write.
        if statements.contains(where: \.makesTablespace) {
            _ = try await connection.run(Array("SET allow_in_place_tablespaces = on".utf8), deadline: Self.deadline)
        }
        for statement in statements {
            try Task.checkCancellation()
            guard let sql = statement.sql(on: place) else { continue }
            // What is quoted cannot end it, and a byte 0 cannot be sent.
            let text = Array(sql.utf8).filter { $0 != 0 }
            if isWithin { try await connection.execute("SAVEPOINT before") }
            guard case .failed(let error) = try await connection.run(text, deadline: Self.deadline) else { continue }
            if isWithin { try await connection.execute("ROLLBACK TO before") }
            note(error, statement)
        }
    }

    private static let deadline = Duration.seconds(60)
    /// As many as are told.
    private static let mostProblems = 1000

    private mutating func note(_ error: ServerError, _ statement: GlobalStatement) {
        var raw = RawProblem(sqlState: error.sqlState.rawValue, message: error.message)
        // The server's words may quote a value.
        if case .setting = statement { raw.message = "" }
        let subject = statement.subject
        let rule = rules.judge(raw, about: subject)
        let problem = RestoreProblem(
            subject: subject, sqlState: raw.sqlState, message: raw.publicMessage(names: names), rule: rule)
        judgements[subject] = problem.judgement
        if problems.count < Self.mostProblems { problems.append(problem) }
    }
}

extension GlobalStatement {
    fileprivate var makesTablespace: Bool { if case .tablespace = self { true } else { false } }

    /// Of objects, so that a message of the server may be told that has them.
    fileprivate var names: [String] {
        switch self {
        case .createRole(let name): [name]
        case .alterRole(let role): [role.name]
        case .setting(let setting): [setting.role, setting.database, setting.name].compactMap(\.self)
        case .membership(let membership): [membership.role, membership.member, membership.grantor].compactMap(\.self)
        case .tablespace(let tablespace): [tablespace.name, tablespace.owner].compactMap(\.self)
        case .databaseOwner(let database, let owner): [database, owner]
        case .detail, .ofDatabase, .session, .drop: []
        }
    }
}

extension ServerGlobals {
    /// Whether a server of PostgreSQL 16 or later wrote it, in which grantors have a right of their own to grant.
    var hasRealGrantors: Bool { memberships.contains { $0.inherits != nil } }

    /// Whom the source's server was made with: the grantor of memberships who has no right of its own to grant them. Nil where nothing tells.
    var superuserByBirth: String? {
        guard hasRealGrantors else { return nil }
        var admins: Set<[String]> = []
        for membership in memberships where membership.isAdmin { admins.insert([membership.role, membership.member]) }
        return memberships.lazy.compactMap { membership in
            membership.grantor.flatMap { admins.contains([membership.role, $0]) ? nil : $0 }
        }.first
    }
}
