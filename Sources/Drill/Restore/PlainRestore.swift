import Archive
import Backup
import Causes
import Compression
import Foundation
import Postgres
import Processes
import Scratch
import Synchronization
import SystemPackage

extension DumpBackup {
    /// Restores a plain dump with psql, in restricted mode: psql commands in it, which could run programs on this
    /// machine, do not run. ``PlainScript`` removes the commands that pg_dump itself writes.
    func restorePlain(
        into database: EmptyDatabase, installed: [Installation], roles: RoleMaker, setting: RestoreSetting,
        emit: @escaping RestoreEventSink
    ) async throws -> RestoreOutcome {
        let psql = try Self.restrictedPsql(among: installed)
        let progress = Mutex(PlainProgress())
        let messages = Mutex(PsqlMessages())
        let key = UUID().uuidString.replacing("-", with: "")
        let command = Command(
            psql.program("psql"),
            [
                "--no-psqlrc", "--no-password", "--quiet", "--set=ON_ERROR_STOP=0", "--set=VERBOSITY=verbose",
                "--echo-errors",
                "--dbname=\(database.target.connectionString)", "--file=-",
            ], directory: "/")
        let total = dump.bytes
        let path = dump.path
        let outcome = try await database.command(command, reading: nil, of: psql).run(
            deadline: setting.deadline,
            onErrorLine: { line in
                if let problem = messages.withLock({ $0.add(line) }) { progress.withLock { $0.raw.append(problem) } }
            },
            input: { writer in
                _ = try await writer.write("\\restrict \(key)\n")
                do {
                    var stream = try DumpStream(path: path)
                    var script = PlainScript()
                    while let chunk = try stream.read(maximum: 256 << 10) {
                        // Writing to a psql that has ended, or is being stopped, is not always an error.
                        try Task.checkCancellation()
                        var output: [UInt8] = []
                        var events: [PlainScriptEvent] = []
                        script.consume(chunk, output: &output, events: &events)
                        for event in events {
                            if case .role(let name) = event { try await roles.make([name]) }
                            if let item = progress.withLock({ $0.note(event) }) { emit(.item(item)) }
                        }
                        if !output.isEmpty { _ = try await writer.write(output) }
                        emit(.progress(done: stream.compressedBytesRead, total: total, unit: .bytes))
                    }
                    let summary = script.finish()
                    progress.withLock { $0.end(summary) }
                } catch let error as DecompressionError {
                    progress.withLock { $0.end(error.description, .undecodable(path, error)) }
                } catch let error as ArchiveError {
                    progress.withLock { $0.end(error.description, error) }
                }
            })
        if let last = messages.withLock({ $0.finish() }) { progress.withLock { $0.raw.append(last) } }

        let read = progress.withLock { $0 }
        var rules = rules(for: database)
        // Flaws of the dump as a whole explain the errors of its statements, so they come first.
        var problems = read.problems + rules.judge(read.raw, subject: Self.subject(of:))
        problems += Self.problems(of: outcome, program: "psql", deadline: setting.deadline, said: problems)
        return RestoreOutcome(contents: read.contents, problems: problems)
    }

    /// The newest psql that has `\restrict`, which came with the fix of CVE-2025-8714. A psql that skips the rows of a COPY
    /// which the server refused (the fix of CVE-2026-6464) is preferred to one that reads them as statements. Any psql
    /// works with a server that is a few releases newer or older.
    private static func restrictedPsql(among installed: [Installation]) throws(ScratchError) -> Installation {
        func isAtLeast(_ firstMinors: [Int: Int], _ version: ServerVersion) -> Bool {
            version.major > 18 || version.minor >= firstMinors[version.major] ?? .max
        }
        let restricted = installed.filter { isAtLeast([13: 22, 14: 19, 15: 14, 16: 10, 17: 6, 18: 0], $0.version) }
        let skipping = restricted.filter { isAtLeast([14: 24, 15: 19, 16: 15, 17: 11, 18: 5], $0.version) }
        let usable = skipping.isEmpty ? restricted : skipping
        guard let newest = usable.max(by: { $0.version < $1.version }) else {
            throw .noRestrictedClient(installed: installed.map(\.version))
        }
        return newest
    }

    private static func subject(of problem: RawProblem) -> String {
        let names = problem.names
        let table = [names["schema"], names["table"]].compactMap { $0 }.joined(separator: ".")
        if let constraint = names["constraint"] { return "CONSTRAINT \(table) \(constraint)" }
        if !table.isEmpty { return "TABLE \(table)" }
        if let (table, _) = problem.context?.after("COPY ")?.parted(by: ", line ") { return "TABLE DATA \(table)" }
        // The first line is our own \restrict.
        if case .line(let line) = problem.entry { return "the statement that ends in line \(line - 1) of the dump" }
        return "the dump"
    }
}

/// What was learnt from a plain dump while it was read.
private struct PlainProgress: Sendable {
    var raw: [RawProblem] = []
    var problems: [RestoreProblem] = []
    var contents = BackupContents()

    /// - Returns: the object that is being restored now, if that changed.
    mutating func note(_ event: PlainScriptEvent) -> String? {
        switch event {
        case .object(let kind, let schema, let name, let owner):
            contents.objects.append(ExpectedObject(kind: kind, schema: schema, name: name, owner: owner))
            return [kind, [schema, name].compactMap { $0 }.joined(separator: ".")].joined(separator: " ")
        case .foreignKey(let definition): contents.foreignKeys.append(definition)
        case .metaCommand(let line, let text):
            problems.append(
                RestoreProblem(
                    subject: "line \(line) of the dump", message: Self.command(text) + " was not run",
                    rule: cause(of: .scriptHasCommand, while: .restoring)))
        default: break
        }
        return nil
    }

    /// The name of a psql command. What follows it is left out, and so is a row that was taken for a command.
    private static func command(_ text: String) -> String {
        let word = text.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0 == "!") }
        let dangerous = [
            "!", "copy", "o", "out", "i", "include", "ir", "g", "gx", "w", "write", "e", "edit", "connect", "c",
        ]
        return dangerous.contains(String(word))
            ? "the psql command \\\(word)" : "text that psql would run as a command"
    }

    mutating func end(_ summary: PlainScriptSummary) {
        if let construct = summary.endedInside {
            damage("the dump ends in the middle of \(construct)")
        } else if !summary.sawFooter {
            damage("the dump does not end with pg_dump's closing comment (-- PostgreSQL database dump complete)")
        }
    }

    /// Records that the dump could not be read to its end. If that is not the dump's own fault, for example because
    /// storage went away, the error says so.
    mutating func end(_ what: String, _ error: ArchiveError) {
        if error.isBackupAtFault {
            damage(what)
        } else {
            problems.append(RestoreProblem(subject: "the dump", message: what, rule: cause(of: error.state)))
        }
    }

    private mutating func damage(_ what: String) {
        problems.append(
            RestoreProblem(subject: "the dump", message: what, rule: cause(of: .scriptCut, while: .restoring)))
    }
}
