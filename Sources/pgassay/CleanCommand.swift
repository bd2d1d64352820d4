import ArgumentParser
import Foundation
import Postgres
import Restore
import Scratch
import Snapshots
import SystemPackage

struct CleanCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Remove what killed drills left behind.",
        discussion: """
            Removes scratch directories of this account, with their servers, if pgassay made them and their drill has ended. A \
            directory that --keep-scratch left is removed only if you name it. A directory of another account is listed and stays.

            With --aws, it also deletes instances and clusters of RDS that have a drill's tags, in the account and the region that \
            the aws tool uses: if their time to live is over, or if their drill died on this machine. Without --aws, AWS is not \
            asked.
            """)

    @Argument(help: ArgumentHelp("Scratch directories to remove, kept ones too.", valueName: "dir"))
    var directories: [String] = []

    @Option(help: "Where to look for scratch directories. (default: PGASSAY_SCRATCH, else /var/tmp)")
    var directory: String?

    @Option(help: "Also drop databases that killed drills left on this server; a connection string without a password.")
    var server: String?

    @Flag(help: "Also delete what killed drills left in AWS, and wait until it is gone.")
    var aws = false

    @Flag(help: "Also remove the templates that scratch servers are copied from. The next drill makes a new one.")
    var cache = false

    @OptionGroup var log: LogOptions

    func run() async throws {
        var entries: [Sweep.Entry] = []
        var others: [FilePath] = []
        for name in directories {
            let path = FilePath(URL(filePath: name).standardizedFileURL.path)
            if let entry = await Sweep().sweep(path, evenKept: true) {
                entries.append(entry)
            } else {
                others.append(path)
            }
        }
        if directories.isEmpty {
            entries = await Sweep().sweep(below: parent)
            // A drill is making this template now, so it is not listed.
            entries += await TemplateCache.configured?.sweep().filter { $0.outcome != .inUse } ?? []
        }
        if cache { entries += TemplateCache.configured?.clear() ?? [] }
        var failed = false
        for entry in entries {
            switch entry.outcome {
            case .removed: Terminal.show("removed  \(entry.directory)\n")
            case .inUse: Terminal.show("in use   \(entry.directory)\n")
            case .kept:
                Terminal.show("kept     \(entry.directory)  (remove it with: pgassay clean \(entry.directory))\n")
            case .withoutLock:
                Terminal.show(
                    "unsure   \(entry.directory)  (its lock file is gone; if no drill uses it: pgassay clean \(entry.directory))\n"
                )
            case .ofAnother(let account):
                failed = failed || !directories.isEmpty
                Terminal.show(
                    "left     \(entry.directory)  (it belongs to \(account): run pgassay clean as that account)\n")
            case .failed(let reason):
                failed = true
                Terminal.error("\(entry.directory): \(reason)")
            }
        }
        if let server { try await cleanServer(server) }
        if aws { failed = try await cleanAWS() || failed }
        let locks = aws ? [] : DrillLock.names(below: parent)
        for path in others { Terminal.error("\(path) is no scratch directory of pgassay; it was not removed.") }
        if entries.isEmpty && others.isEmpty && server == nil && !aws && locks.isEmpty {
            Terminal.show("nothing to clean\n")
        }
        for name in locks { Terminal.show("unsure   \(name) in AWS  (look there with: pgassay clean --aws)\n") }
        if failed { throw ExitStatus.couldNotTell }
        if !others.isEmpty { throw ExitStatus.wrongCommand }
    }

    private var parent: FilePath { directory.map { FilePath($0) } ?? ScratchDirectory.defaultParent }

    /// - Returns: true if something could not be deleted.
    private func cleanAWS() async throws -> Bool {
        let entries: [CloudSweep.Entry]
        do {
            let sweep = try CloudSweep(locks: parent, patience: .seconds(120), deadline: .seconds(1800))
            entries = try await sweep.sweep { Terminal.note("\($0)\n") }
        } catch {
            throw Failure(.couldNotTell, error)
        }
        var failed = false
        for entry in entries {
            switch entry.outcome {
            case .removed: Terminal.show("removed  \(entry.name)\n")
            case .inUse(let why): Terminal.show("in use   \(entry.name)  (\(why))\n")
            case .failed(let reason):
                failed = true
                Terminal.error("\(entry.name): \(reason)")
            }
        }
        if entries.isEmpty { Terminal.show("nothing to clean in AWS\n") }
        return failed
    }

    private func cleanServer(_ server: String) async throws {
        let target = try connectionTarget(parsing: server)
        do {
            for name in try await sweepDatabases(on: target) { Terminal.show("dropped  \(name)\n") }
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }
}
