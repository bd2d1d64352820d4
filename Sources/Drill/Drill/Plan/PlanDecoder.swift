import Checks
import Foundation
import Postgres
import Restore
import SystemPackage
import Yams

extension Plan {
    /// The largest plan that is read, in bytes.
    static let maximumSize = 1 << 20

    /// Reads a plan from a file.
    /// - Throws: ``PlanError``.
    package init(contentsOf file: FilePath) throws(PlanError) {
        func whole(_ problem: String) -> PlanError { PlanError(file: file, line: nil, key: nil, problem: problem) }
        let handle: FileHandle
        let data: Data
        do {
            handle = try FileHandle(forReadingFrom: URL(filePath: file.string))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.maximumSize + 1) ?? Data()
        } catch let error as CocoaError where [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code) {
            throw whole(Self.absence(of: file))
        } catch {
            throw whole("the plan cannot be read: \((error as NSError).localizedDescription)")
        }
        guard data.count <= Self.maximumSize else {
            throw whole("the file is larger than \(Self.maximumSize) bytes, so it is no plan")
        }
        try self.init(bytes: Array(data), file: file)
    }

    /// The message that there is no such file, with the plans that are in the same directory.
    private static func absence(of file: FilePath) -> String {
        let directory = file.removingLastComponent()
        // If a directory cannot be listed, there are no plans to suggest.
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: directory.isEmpty ? "." : directory.string)) ?? []
        let plans = names.filter { [".yaml", ".yml"].contains(where: $0.lowercased().hasSuffix) }.sorted()
        let shown = plans.prefix(5).joined(separator: ", ") + (plans.count > 5 ? ", …" : "")
        return "there is no such file" + (plans.isEmpty ? "" : "; in that directory there is: \(shown)")
    }

    /// Reads a plan from YAML.
    package init(bytes: [UInt8], file: FilePath) throws(PlanError) {
        let root: Yams.Node?
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PlanError(file: file, line: nil, key: nil, problem: "not valid YAML: the file is not UTF-8")
        }
        do {
            // A byte order mark is not part of the text.
            root = try Yams.compose(yaml: String(text.trimmingPrefix("\u{FEFF}")), PlanNode.resolver)
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw PlanError(
                file: file, line: context.mark.line, key: keys.joined(separator: ", "),
                problem: "the key is there twice")
        } catch let error as YamlError {
            throw PlanError(file: file, line: error.line, key: nil, problem: "not valid YAML: \(error.problem)")
        } catch {
            throw PlanError(file: file, line: nil, key: nil, problem: "not valid YAML: \(error)")
        }
        guard let root else { throw PlanError(file: file, line: nil, key: nil, problem: "the plan is empty") }
        try self.init(PlanNode(node: root, file: file, path: []))
        source = PlanSource(file: file, bytes: bytes)
    }

    static let keys = [
        "name", "backup", "recovery", "objectives", "scratch", "production", "limits", "signingKey", "reports",
        "checks",
        "export",
    ]

    private init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        if values["backup"] == nil, values["export"] == nil { throw node.error("the key backup is missing") }
        guard let name = values["name"] else { throw node.error("the key name is missing") }
        self.init(ofBackupAt: "")
        self.name = try name.text()
        guard self.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}/) != nil else {
            throw name.error("a name has up to 64 letters, digits, dots, hyphens and underscores: it names files")
        }
        export = try values["export"].map { node throws(PlanError) in try ExportPlan(node) }
        backup = try values["backup"].map { node throws(PlanError) in try BackupSource(node) }
        if backup == nil, export?.database == nil { throw node.error("the key backup is missing") }
        if backup != nil, export?.database != nil {
            throw values["export"]!.error("rows come from the backup or from the database, and not from both")
        }
        if let recovery = values["recovery"] { self.recovery = try RecoverySetting(recovery) }
        if let objectives = values["objectives"] { self.objectives = try Objectives(objectives) }
        if let scratch = values["scratch"] { self.scratch = try ScratchPlan(scratch) }
        if case .snapshot = backup?.place, let node = values["recovery"] {
            throw node.error(
                "a snapshot in a cloud is restored as it is; its database is named in backup.snapshot.database")
        }
        if case .snapshot = backup?.place, self.scratch.server != nil, let node = values["scratch"] {
            throw node.error("a snapshot is restored where it is: scratch.server means nothing")
        }
        if let production = values["production"] { fencedOff = try FencedOff(production) }
        if let limits = values["limits"] { self.limits = try Limits(limits) }
        signingKey = try values["signingKey"]?.filePath()
        reports = try values["reports"]?.filePath()
        if let checks = values["checks"] { self.checks = try CheckPlan(checks) }
    }
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    fileprivate var problem: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
            .reader(let problem, _, _, _):
            problem
        default: "\(self)"
        }
    }
}

extension PlanNode {
    fileprivate func filePath() throws(PlanError) -> FilePath { FilePath(try text()) }
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

extension ScratchPlan {
    static let keys = ["directory", "account", "postgres", "jobs", "diskSpace", "server"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        directory = try values["directory"]?.filePath()
        account = try values["account"]?.text()
        for element in try values["postgres"]?.list() ?? [] { postgres.append(try element.filePath()) }
        jobs = try values["jobs"].map { node throws(PlanError) in Int(try node.wholeNumber(1...64)) }
        diskSpace = try values["diskSpace"]?.bytes()
        server = try values["server"]?.text()
        if let server, let node = values["server"] {
            do {
                _ = try ConnectionTarget(parsing: server)
            } catch {
                throw node.error(error.description)
            }
            for key in ["directory", "account", "diskSpace"] {
                if let other = values[key] { throw other.error("it means nothing when scratch.server names a server") }
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
            guard self[keyPath: path] > .zero else { throw value.error("a limit of nothing lets nothing run") }
        }
    }
}
