import Checks
import Evidence
import Notify
import PlanFile
import PlanKeys
import Restore
import Scratch
import Snapshots
import SystemPackage

extension Plan {
    /// Reads a plan from a file.
    /// - Throws: ``PlanFile/PlanMistakes``, with everything that is wrong with it.
    package init(contentsOf file: FilePath) throws(PlanMistakes) {
        let document: PlanDocument
        do {
            document = try PlanDocument(contentsOf: file)
        } catch {
            throw PlanMistakes([error])
        }
        self = try document.decode { node throws(PlanError) in try Plan(node) }
        source = PlanSource(file: file, bytes: document.bytes)
    }

    static let keys = [
        "name", "backup", "recovery", "restore", "objectives", "schedule", "approval", "history", "manifest", "ledger",
        "notify", "scratch",
        "production", "limits", "signingKey", "signer",
        "reports",
        "checks",
        "export",
    ]

    private init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(ofBackupAt: "")
        try read(values)
        // Last, so that a key that is missing hides no other mistake.
        if backup == nil, export?.database == nil, !node.leavesOut("backup") { throw node.missing("backup") }
        guard let name = values["name"] else { throw node.missing("name") }
        self.name = try name.text()
        guard self.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}/) != nil else {
            throw name.error("a name has up to 64 letters, digits, dots, hyphens and underscores: it names files")
        }
    }

    private mutating func take(_ databases: DatabasePlan) {
        recovery.databases = databases.patterns
        databaseChecks = databases.checks
    }

    private mutating func read(_ values: [String: PlanNode]) throws(PlanError) {
        export = try values["export"].map { node throws(PlanError) in try ExportPlan(node) }
        backup = try values["backup"].map { node throws(PlanError) in try BackupSource(node) }
        if backup != nil, export?.database != nil {
            throw values["export"]!.error("rows come from the backup or from the database, and not from both")
        }
        if let recovery = values["recovery"] {
            self.recovery = try RecoverySetting(recovery)
            for (key, value) in try recovery.named() {
                let ability: RestoreAbility = key.name.hasPrefix("database") ? .databaseChoice : .recovery
                asked[ability, default: []].append(value.place)
            }
            let values = try recovery.mapping(allowed: RecoverySetting.keys)
            if let node = values["databases"] {
                if values["database"] != nil {
                    throw node.error("either \(PlanKey.recoveryDatabase) names one, or this several")
                }
                take(try DatabasePlan(node))
            }
        }
        if let backup = values["backup"], let snapshot = try backup.mapping(allowed: BackupSource.keys)["snapshot"],
            let databases = try snapshot.mapping(allowed: SnapshotSource.keys)["databases"]
        {
            take(try DatabasePlan(databases))
        }
        if let restore = values["restore"] {
            let values = try restore.mapping(allowed: ["foreignStatements"])
            if let node = values["foreignStatements"] {
                refusesForeignStatements = try node.choice(ForeignStatementPolicy.self) == .refuse
                if refusesForeignStatements { asked[.refusingStatements] = [node.place] }
            }
        }
        if let objectives = values["objectives"] { self.objectives = try Objectives(objectives) }
        history = try values["history"].map { node throws(PlanError) in try HistoryDemand(node) }
        if let ledger = values["ledger"] { self.ledger = try LedgerPlan(ledger) }
        if let notify = values["notify"] { notifiers = try [Notifier](notify) }
        if let schedule = values["schedule"] {
            let values = try schedule.mapping(allowed: ["within"])
            guard let node = values["within"] else { throw schedule.missing("within") }
            within = try node.duration()
            guard within! > .zero else { throw node.error("the time must be longer than 0") }
        }
        for node in try values["approval"]?.list() ?? [] {
            let role = try node.text()
            guard KeyRing.isRole(role) else {
                throw node.error("a role has up to 32 small letters, digits and hyphens, and begins with a letter")
            }
            guard !approval.contains(role) else { throw node.error("the role \(role) is named twice") }
            approval.append(role)
        }
        if let manifest = values["manifest"] { self.manifest = try ManifestDemand(manifest) }
        if case .snapshot = backup?.place, let node = values["manifest"] {
            throw node.error(
                "a snapshot in a cloud has no manifest: pgassay capture takes one of dumps and base backups")
        }
        if let scratch = values["scratch"] {
            self.scratch = try ScratchPlan(scratch)
            for (key, value) in try scratch.named() where ScratchPlan.keysOfThisMachine.contains(key.name) {
                asked[.restoredHere, default: []].append(value.place)
            }
        }
        if backup?.globals != nil { asked[.globals] = ["\(PlanKey.backupGlobals)"] }
        if self.scratch.server != nil { asked[.existingServer] = ["\(PlanKey.scratchServer)"] }
        if case .snapshot = backup?.place, let node = values["recovery"] {
            throw node.error(
                "a snapshot in a cloud is restored as it is; its database is named in \(PlanKey.backupSnapshotDatabase)"
            )
        }
        if case .snapshot = backup?.place, self.scratch.server != nil, let node = values["scratch"] {
            throw node.error("a snapshot is restored by the cloud: remove \(PlanKey.scratchServer)")
        }
        if let production = values["production"] { fencedOff = try FencedOff(production) }
        if let limits = values["limits"] { self.limits = try Limits(limits) }
        signing = try values["signingKey"].map { node throws(PlanError) in .file(try node.filePath()) }
        if let node = values["signer"] {
            if signing != nil { throw node.error("either a signingKey or a signer signs, and not both") }
            signing = .command(try SigningSource.Program(node))
        }
        reports = try values["reports"]?.filePath()
        if let checks = values["checks"] { self.checks = try CheckPlan(checks) }
    }
}

/// What becomes of statements that pg_dump never writes.
private enum ForeignStatementPolicy: String, CaseIterable { case tell, refuse }

extension PlanNode {
    func filePath() throws(PlanError) -> FilePath { FilePath(try text()) }
}

extension SigningSource.Program {
    static let keys = ["command", "publicKey", "deadline"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard let command = values["command"] else { throw node.missing("command") }
        guard let publicKey = values["publicKey"] else { throw node.missing("publicKey") }
        self.init(
            words: try command.words(), publicKey: try publicKey.filePath(),
            deadline: try values["deadline"]?.duration() ?? .seconds(300))
        guard deadline > .zero else { throw values["deadline"]!.error("the limit must be longer than 0") }
    }
}

extension Objectives {
    static let keys = ["recoveryTime", "recoveryPoint", "backupAge"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(
            recoveryTime: try values["recoveryTime"]?.duration(),
            recoveryPoint: try values["recoveryPoint"]?.duration(), backupAge: try values["backupAge"]?.duration())
    }
}

extension HistoryDemand {
    static let keys = ["mayFall", "definitions"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        mayFall = try values["mayFall"]?.percentage()
        if let node = values["definitions"] { definitions = try node.choice(HazardRule.self) }
    }
}

extension ManifestDemand {
    static let keys = ["publicKey", "required"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(
            publicKey: try values["publicKey"]?.filePath(), isRequired: try values["required"]?.truth() ?? false)
    }
}

extension ScratchPlan {
    static let keys = ["directory", "account", "isolation", "postgres", "jobs", "diskSpace", "server"]
    /// What means nothing for a backup that is restored elsewhere. Its directory holds the lock of every drill, and the jobs
    /// are those of the checks.
    static let keysOfThisMachine: Set<String> = ["account", "isolation", "postgres", "diskSpace"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        directory = try values["directory"]?.filePath()
        account = try values["account"]?.text()
        if let node = values["isolation"] {
            let demands = IsolationDemand.allCases.map(\.rawValue)
            guard let demand = IsolationDemand(rawValue: try node.text()) else {
                throw node.error("it is one of \(demands.joined(separator: ", "))")
            }
            isolation = demand
        }
        for element in try values["postgres"]?.list() ?? [] { postgres.append(try element.filePath()) }
        jobs = try values["jobs"].map { node throws(PlanError) in Int(try node.wholeNumber(1...64)) }
        diskSpace = try values["diskSpace"]?.bytes()
        server = try values["server"]?.connectionString()
        if server != nil {
            for key in ["directory", "account", "isolation", "diskSpace"] {
                if let other = values[key] {
                    throw other.error("it means nothing when \(PlanKey.scratchServer) names a server")
                }
            }
        }
    }
}

extension FencedOff {
    static let keys = ["systemIdentifiers", "hosts"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        for element in try values["systemIdentifiers"]?.list() ?? [] {
            let text = try element.digitsOrText()
            guard text.wholeMatch(of: /[0-9]{1,20}/) != nil else {
                throw element.error("expected digits as pg_controldata prints them (Database system identifier)")
            }
            systemIdentifiers.append(text)
        }
        for element in try values["hosts"]?.list() ?? [] { hosts.append(try element.text()) }
    }
}

extension Limits {
    static let keys = ["start", "restore", "fetch", "remove", "statement"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        for (key, path) in [
            ("start", \Limits.start), ("restore", \Limits.restore), ("fetch", \Limits.fetch),
            ("remove", \Limits.remove), ("statement", \Limits.statement),
        ] {
            guard let value = values[key] else { continue }
            self[keyPath: path] = try value.duration()
            guard self[keyPath: path] > .zero else { throw value.error("the limit must be longer than 0") }
        }
    }
}
