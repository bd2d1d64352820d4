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
                + (try inspectEach(progress) { dump, progress in try dump.inspect(progress: progress) })
        case .script(let dump): return try take(ClusterReader(dump, keys: nil).read(progress))
        }
    }

    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        switch source {
        case .dump, .directory:
            let total = tree.bytes
            var findings = lostAndOthers + globalsFindings + globalsTold
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
            return findings
        case .script(let dump):
            let keys = KeyStore(directory: setting.scratch.string)
            return try take(ClusterReader(dump, keys: keys).read(setting.following(dump.bytes))) + globalsTold
        }
    }

    private var lostAndOthers: [Finding] {
        if case .directory(let directory) = source { directory.findings } else { [] }
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
            }
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
    package func isWorthRestoring(_ findings: [Finding]) -> Bool { dumps.contains { !$0.isFlawed } }

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
        if let reading = (dumps[index].backup as? DumpBackup)?.reading {
            dumps[index].isEmpty = reading.isEmpty
        }
        let database = databases.count > 1 ? dumps[index].database : nil
        findings += found.map { $0.about(database) }
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
        var findings = reading.flaws.map { Finding($0, ofPart: name) } + globalsFindings
        dumps = reading.databases.map { database in
            DatabaseDump(
                database: database.name, file: nil,
                backup: DumpBackup(dump: database.dump, clock: clock, reading: database.reading))
        }
        // A new server has these, and nothing in them.
        dumps.removeAll { dump in
            let reading = (dump.backup as? DumpBackup)?.reading
            return reading.map { $0.isEmpty && $0.flaws.isEmpty } ?? false
                && ["template1", "postgres"].contains(dump.database)
        }
        for index in dumps.indices {
            guard let backup = dumps[index].backup as? DumpBackup, let reading = backup.reading else { continue }
            add(&findings, backup.findings(about: reading, isWhole: true), of: index)
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
        guard !others.isEmpty else { return lost }
        let words = others.map { "\($0.name) (\($0.what))" }
        return lost + [
            Finding(
                id: .archive, subject: "other files", status: .passed, observed: firstOf(words, atMost: 20),
                reason: "they are no dumps, so nothing was asked of them; they are in the digest")
        ]
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

    /// The same, of one database of several. That one of them holds nothing is no flaw of the whole.
    fileprivate func about(_ name: String?) -> Finding {
        var finding = self
        finding.database = name
        guard name != nil else { return finding }
        if id == .rowCounts, subject == "database", status == .inconclusive {
            (finding.status, finding.cause) = (.passed, nil)
            finding.reason = "there is nothing in this database"
        }
        return finding
    }
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
