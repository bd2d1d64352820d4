import Archive
import Causes
import Digests
import Files
import Findings
import Foundation
import PlanKeys
import Values

extension DumpSet {
    package mutating func inspect(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        switch source {
        case .dump, .directory:
            return lostAndOthers + globalsFindings
                + settled(try inspectEach(progress) { dump, progress in try dump.inspect(progress: progress) })
        case .script(let dump): return try take(ClusterReader(dump, keys: nil).read(progress))
        }
    }

    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        switch source {
        case .dump, .directory:
            let total = tree.bytes
            var findings: [Finding] = []
            var before: Int64 = 0
            for index in dumps.indices {
                let bytes = dumps[index].backup.description.bytes
                var inside = setting
                inside.progress = { [before] done, all in
                    setting.progress(before + Int64(Double(bytes) * Double(done) / Double(max(all, 1))), total)
                }
                var backup = dumps[index].backup
                do {
                    add(&findings, try await backup.inspectAlone(inside), of: index)
                    dumps[index].backup = backup
                } catch let error as ArchiveError {
                    add(&findings, [Finding(error, of: dumps[index])], of: index)
                }
                before += bytes
            }
            return lostAndOthers + globalsFindings + globalsTold + settled(findings)
        case .script(let dump):
            let keys = KeyStore(directory: setting.scratch.string)
            return try take(ClusterReader(dump, keys: keys).read(setting.following(dump.bytes))) + globalsTold
        }
    }

    private var lostAndOthers: [Finding] {
        guard case .directory(let directory) = source else { return [] }
        guard globals == nil, directory.globals.isEmpty else { return directory.findings }
        return directory.findings + [
            Finding(
                id: .globals, subject: "server", status: .passed, observed: "none",
                reason: """
                    these dumps hold no roles, memberships or tablespaces, and a recovery needs them: put a script of \
                    pg_dumpall --globals-only beside the dumps
                    """)
        ]
    }

    /// What is wrong with what it has of the server as a whole.
    private var globalsFindings: [Finding] {
        (named.map { [$0.finding] } ?? [])
            + (globals?.flaws ?? []).map { flaw in
                let rule = Causes.cause(of: .archiveIncomplete)
                return Finding(
                    id: .globals, subject: flaw.subject, status: rule.status, basis: .rule,
                    expected: "only what pg_dumpall writes", observed: flaw.problem, reason: rule.reason,
                    cause: rule.cause)
            } + passwordsTold
    }

    /// `pg_dumpall --no-role-passwords`, which is all that a hosted server allows.
    private var passwordsTold: [Finding] {
        let mayLogIn = (globals?.roles ?? []).filter { $0.abilities[.login] == true }
        guard !mayLogIn.isEmpty, mayLogIn.allSatisfy({ $0.password == nil }) else { return [] }
        var finding = Finding(
            id: .globals, subject: "passwords", status: .passed, basis: .rule,
            observed: "none of \(counted(mayLogIn.count, "role")) that may log in has one",
            reason: """
                they were dumped without passwords (--no-role-passwords), or log in without: after a recovery, whoever needs a password must \
                get a new one
                """)
        finding.hazard = true
        return [finding]
    }

    /// What it has of the server as a whole, where no server will be asked for it.
    private var globalsTold: [Finding] {
        guard let globals, !globals.isEmpty else { return [] }
        let roles = globals.roles
        let words = [
            "\(counted(roles.count, "role")), of which \(roles.count { $0.abilities[.login] == true }) may log in",
            counted(globals.memberships.count, "membership"), counted(globals.settings.count, "setting"),
            counted(globals.tablespaces.count, "tablespace"),
        ]
        return [
            Finding(
                id: .globals, subject: "server", status: .passed, observed: words.joined(separator: ", "),
                reason: "a drill restores them before the databases, and compares them")
        ]
    }

    /// What is whole of it is restored.
    package func isWorthRestoring(_ findings: [Finding]) -> Bool {
        dumps.contains { !$0.isFlawed && !$0.isPassedOver }
    }

    /// Reads one dump after the other. What one of them cannot be read for is said of it, and the others are read.
    private mutating func inspectEach(
        _ progress: @escaping (Int64) throws -> Void,
        _ inspect: (inout any FileBackup, @escaping (Int64) throws -> Void) throws -> [Finding]
    ) throws -> [Finding] {
        var findings: [Finding] = []
        var before: Int64 = 0
        for index in dumps.indices {
            do {
                let found = try inspect(&dumps[index].backup) { [before] in try progress(before + $0) }
                add(&findings, found, of: index)
            } catch let error as ArchiveError {
                add(&findings, [Finding(error, of: dumps[index])], of: index)
            }
            before += dumps[index].backup.description.bytes
        }
        return findings
    }

    /// Keeps the findings about a dump.
    private mutating func add(_ findings: inout [Finding], _ found: [Finding], of index: Int) {
        dumps[index].isFlawed = found.contains {
            $0.status == .failed || $0.id == .archive && $0.status == .inconclusive
        }
        let database = databases.count > 1 ? dumps[index].database : nil
        findings += found.map { finding in
            var finding = finding
            finding.database = database
            return finding
        }
    }

    /// If some of several databases are empty, their findings become passed. If all are empty, a person must look at it.
    private func settled(_ findings: [Finding]) -> [Finding] {
        let empty = Set(findings.filter(\.saysNothingIsThere).compactMap(\.database))
        guard empty.count < dumps.count(where: { !$0.isFlawed }) else { return findings }
        return findings.map { finding in
            var finding = finding
            guard finding.saysNothingIsThere, finding.database != nil else { return finding }
            (finding.status, finding.cause) = (.passed, nil)
            finding.reason = "there is nothing in this database"
            return finding
        }
    }

    /// Keeps what was read of a script.
    /// - Throws: ``NotABackup`` of one that holds no database.
    private mutating func take(_ reading: ClusterReading) throws -> [Finding] {
        let name = tree.path.lastComponent?.string ?? tree.path.string
        if reading.databases.isEmpty, reading.flaws.isEmpty { throw NotABackup.globals(tree.path.string) }
        for database in reading.databases {
            if let form = database.reading.form { throw NotABackup(form, tree.path.string) }
        }
        globals = reading.globals
        var findings =
            reading.flaws.map { Finding($0, ofPart: name) } + globalsFindings
            + [Finding(droppedBy: reading)].compactMap(\.self)
        dumps = reading.databases.map { database in
            DatabaseDump(
                database: database.name, file: nil,
                backup: DumpBackup(dump: database.dump, clock: clock, reading: database.reading))
        }
        var ofDumps: [Finding] = []
        for index in dumps.indices {
            guard let backup = dumps[index].backup as? DumpBackup, let reading = backup.reading else { continue }
            // A new server has these, and nothing in them.
            dumps[index].isPassedOver =
                reading.isEmpty && reading.flaws.isEmpty && reading.properties.isEmpty
                && ["template1", "postgres"].contains(dumps[index].database)
        }
        for index in dumps.indices where !dumps[index].isPassedOver {
            guard let backup = dumps[index].backup as? DumpBackup, let reading = backup.reading else { continue }
            add(&ofDumps, backup.findings(about: reading, isWhole: true), of: index)
        }
        findings += settled(ofDumps)
        if findings.allSatisfy({ $0.status == .passed }), dumps.allSatisfy(\.isPassedOver) {
            findings.append(Finding(nothingIn: name))
        }
        return findings
    }
}

extension DumpDirectory {
    /// What was a dump and is none any more, and what else lies there.
    var findings: [Finding] {
        let lost =
            dumps.compactMap { entry -> Finding? in
                guard case .failure(let loss) = entry.content else { return nil }
                return Finding(loss, of: entry.name, database: entry.database)
            }
            + globals.compactMap { script -> Finding? in
                guard case .failure(let loss) = script.content else { return nil }
                return Finding(loss, of: script.name, database: nil)
            }
        return lost
            + [
                Self.finding(
                    about: others.filter { !$0.holdsBackup }, "other files",
                    "they are no dumps, so nothing was asked of them; they are in the digest"),
                Self.finding(
                    about: others.filter(\.holdsBackup), "directories",
                    "backups are in them, at which this drill does not look: drill each by itself", isHazard: true),
                staleFinding,
            ].compactMap(\.self)
    }

    private var staleFinding: Finding? {
        let stale = stale.map { entry in
            let created = (try? entry.content.get())?.description.created
            return "\(entry.name) (of \(created?.ISO8601Format() ?? "an unknown time"))"
        }
        guard !stale.isEmpty else { return nil }
        var finding = Finding(
            id: .archive, subject: "times", status: .passed, basis: .rule, expected: "dumps of one night",
            observed: firstOf(stale, atMost: 20),
            reason:
                "these dumps are more than a day older than the newest dump here: find out whether the job still makes them"
        )
        finding.hazard = true
        return finding
    }

    private static func finding(
        about others: [Other], _ subject: String, _ reason: String, isHazard: Bool = false
    ) -> Finding? {
        guard !others.isEmpty else { return nil }
        let words = others.map { "\($0.name) (\($0.what))" }
        var finding = Finding(
            id: .archive, subject: subject, status: .passed, observed: firstOf(words, atMost: 20), reason: reason)
        if isHazard { finding.hazard = true }
        return finding
    }
}

extension Finding {
    init(_ loss: DumpDirectory.LostDump, of name: String, database: String?) {
        self.init(
            id: .archive, subject: name, status: loss.rule.status, basis: .rule, expected: "a whole dump",
            observed: loss.problem, reason: loss.rule.reason, cause: loss.rule.cause)
        self.database = database
    }

    fileprivate init(_ error: ArchiveError, of dump: DatabaseDump) {
        let rule = Causes.cause(of: error.state)
        self.init(
            id: .archive, subject: dump.file ?? dump.database, status: rule.status, basis: .rule, expected: "whole",
            observed: "\(error)", reason: rule.reason, cause: rule.cause)
    }

    fileprivate init(_ flaw: DumpFlaw, ofPart name: String) {
        let rule = Causes.cause(of: .archiveIncomplete)
        self.init(
            id: .archive, subject: flaw.subject, status: rule.status, basis: .rule, expected: "whole",
            observed: flaw.problem, reason: rule.reason, cause: rule.cause)
        if flaw.subject != name { database = flaw.subject }
    }

    /// `pg_dumpall --clean` drops every database of the server.
    /// - Returns: nil where the script has a dump of each that it drops.
    fileprivate init?(droppedBy reading: ClusterReading) {
        let lost = Set(reading.globals.droppedDatabases).subtracting(reading.databases.map(\.name))
        guard !lost.isEmpty else { return nil }
        self.init(
            id: .archive, subject: "dropped databases", status: .passed, basis: .archive,
            expected: "a dump of each database that the script drops",
            observed: "none of \(firstOf(lost.sorted(), atMost: 20))",
            reason: """
                the script drops them and does not make them again: they were left out (--exclude-database), or their part of the script is \
                lost
                """)
        hazard = true
    }

    /// A server that was made anew, or another one than was meant.
    fileprivate init(nothingIn name: String) {
        self.init(
            id: .archive, subject: name, status: .inconclusive, basis: .rule,
            expected: "databases with something in them",
            observed: "nothing in any database",
            reason: """
                there is nothing to restore: nothing was in the databases of this server, or pg_dumpall was connected to another server \
                than was meant
                """,
            cause: .environment)
    }

    /// What ``DumpBackup`` says of a dump of nothing.
    fileprivate var saysNothingIsThere: Bool { id == .rowCounts && subject == "database" && status == .inconclusive }
}

extension NotABackup {
    fileprivate static func globals(_ name: String) -> NotABackup {
        NotABackup(
            name: name,
            what: "a script of pg_dumpall that holds roles and tablespaces, and no database (--globals-only)",
            advice: """
                name a dump, and this script with --globals or in \(PlanKey.backupGlobals) of a plan; or a directory with the dumps and this \
                script in it
                """)
    }
}
