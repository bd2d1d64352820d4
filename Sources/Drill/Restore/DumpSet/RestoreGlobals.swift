import Archive
import Backup
import Causes
import Findings
import PlanKeys
import Postgres
import Scratch
import SystemPackage

extension DumpSet {
    /// Where its statements about a server run.
    func place(on server: ScratchServer) -> GlobalPlace {
        let major = server.installation.version.major
        return GlobalPlace(
            superuser: server.user, serverMajor: major,
            keepsGrantors: major < 16 || globals.map(\.hasRealGrantors) ?? false, databases: namesOnServer)
    }

    /// Restores what the backup says of the server as a whole, and compares it.
    func restoreGlobals(on server: ScratchServer, _ place: GlobalPlace, _ emit: RestoreEventSink) async throws {
        guard let globals, !globals.isEmpty else { return }
        // Databases are not there yet.
        let statements = globals.statements.map(\.statement).filter { !$0.isOfOneDatabase }
        let run = GlobalsRun(on: place, statements, isNewerThanSource: isOlder(than: server))
        let (done, findings) = try await withConnection(to: server.maintenance) { connection in
            var run = run
            let roles = RoleMaker(connection: connection, made: RoleList(), database: server.maintenanceDatabase)
            try await roles.make(globals.rolesOfOthers)
            try await run.run(statements, over: connection)
            let comparison = GlobalsComparison(globals: globals, place: place, judgements: run.judgements)
            var findings = try await comparison.findings(over: connection)
            findings += [Finding(settingsWithoutDatabase: globals, of: databases)].compactMap(\.self)
            // In our sessions they would steer the restore and the checks.
            if let disarmed = try await StoredSettings.disarm(over: connection) { findings.append(disarmed) }
            return (run, findings)
        }
        emit(.told(done.problems, findings))
    }

    private func isOlder(than server: ScratchServer) -> Bool {
        description.serverVersion.flatMap { ServerVersion(parsing: $0) }.map {
            server.installation.version.major > $0.major
        }
            ?? false
    }
}

/// The plan restores roles and tablespaces into a server that is not ours.
struct GlobalsNeedOwnServer: Mistake {
    let path: FilePath

    var description: String {
        """
        \(path) brings roles and tablespaces, which belong to a server as a whole: on a server that is there already they could change \
        those of others, and would stay. Leave \(PlanKey.scratchServer) out of the plan, or drill the dump of one database.
        """
    }
}

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

extension GlobalStatement {
    /// Whether it needs a database to be there.
    fileprivate var isOfOneDatabase: Bool {
        switch self {
        case .setting(let setting): setting.database != nil
        case .databaseOwner: true
        default: false
        }
    }
}

extension ServerGlobals {
    /// Roles that it needs and does not make: where it has tablespaces or memberships alone.
    fileprivate var rolesOfOthers: [String] {
        guard roles.isEmpty else { return [] }
        let grantees = statements.compactMap { line in
            if case .detail(_, let grantee, _) = line.statement { grantee } else { nil }
        }
        return memberships.flatMap { [$0.role, $0.member, $0.grantor].compactMap(\.self) }
            + tablespaces.compactMap(\.owner) + settings.compactMap(\.role) + grantees
    }
}

extension Finding {
    /// - Returns: nil where every setting is of a database that has a dump.
    fileprivate init?(settingsWithoutDatabase globals: ServerGlobals, of databases: [String]) {
        let others = Set(globals.settings.compactMap(\.database)).subtracting(databases).subtracting([
            "postgres", "template1",
        ])
        guard !others.isEmpty else { return nil }
        self.init(
            id: .globals, subject: "settings of databases without a dump", status: .passed, basis: .archive,
            observed: firstOf(others.sorted(), atMost: 20),
            reason: "roles have settings in these databases, and the backup has no dump of them; they were not restored"
        )
        hazard = true
    }
}
