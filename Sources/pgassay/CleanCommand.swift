import ArgumentParser
import Foundation
import Postgres
import Restore
import Scratch
import SystemPackage

struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Remove what killed drills left behind.",
        discussion: """
            Removes only what is provably pgassay's and dead: scratch directories whose drill has ended, with their \
            servers. What --keep-scratch left goes only when it is named.
            """)

    @Argument(help: ArgumentHelp("Scratch directories to remove, kept ones too.", valueName: "dir"))
    var directories: [String] = []

    @Option(help: "Where to look for scratch directories. (default: PGASSAY_SCRATCH, else /var/tmp)")
    var directory: String?

    @Option(help: "Also drop databases that killed drills left on this server; a connection string without a password.")
    var server: String?

    func run() async throws {
        var entries: [Sweep.Entry] = []
        for name in directories {
            let path = FilePath(URL(filePath: name).standardizedFileURL.path)
            guard let entry = await Sweep().sweep(path, evenKept: true) else {
                throw Failure(.wrongCommand, "\(path) is no scratch directory of pgassay; nothing was removed.")
            }
            entries.append(entry)
        }
        if directories.isEmpty {
            entries = await Sweep().sweep(below: directory.map { FilePath($0) } ?? ScratchDirectory.defaultParent)
        }
        var failed = false
        for entry in entries {
            switch entry.outcome {
            case .removed: print("removed  \(entry.directory)")
            case .inUse: print("in use   \(entry.directory)")
            case .kept: print("kept     \(entry.directory)  (remove it with: pgassay clean \(entry.directory))")
            case .failed(let reason):
                failed = true
                Terminal.error("\(entry.directory): \(reason)")
            }
        }
        if let server { try await cleanServer(server) }
        if entries.isEmpty && server == nil { print("nothing to clean") }
        if failed { throw ExitStatus.couldNotTell }
    }

    private func cleanServer(_ server: String) async throws {
        let target: ConnectionTarget
        do {
            target = try ConnectionTarget(parsing: server)
        } catch {
            throw Failure(.wrongCommand, error)
        }
        do {
            for name in try await sweepDatabases(on: target) { print("dropped  \(name)") }
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }
}
