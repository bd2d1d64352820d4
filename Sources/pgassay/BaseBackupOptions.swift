import ArgumentParser
import Drill
import Foundation
import SystemPackage

/// Where else parts of a base backup lie.
struct BaseBackupOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the server archived its WAL. (default: the WAL inside the backup)", valueName: "dir"))
    var wal: String?

    @Option(
        help: ArgumentHelp(
            "Follow links of tablespaces and of the log to this place; may be repeated. (default: no link is followed)",
            valueName: "path"))
    var follow: [String] = []

    @Flag(
        help: "The data directory is a snapshot of a file system or a disk, or no server ran while it was copied.")
    var snapshot = false

    /// - Throws: ``Failure``.
    func change(_ plan: inout Plan) throws {
        if let wal {
            plan.recovery.archive = FilePath(wal)
            plan.asked[.recovery, default: []].append("--wal")
            plan.note("--wal \(wal)")
        }
        if snapshot {
            plan.recovery.isSnapshot = true
            plan.asked[.recovery, default: []].append("--snapshot")
            plan.note("--snapshot")
        }
        for place in follow {
            let path = FilePath(URL(filePath: place).standardizedFileURL.path)
            guard !path.components.isEmpty else {
                throw Failure(.wrongCommand, "--follow / would follow every link: name the places of the tablespaces.")
            }
            plan.backup?.follow.append(path)
            plan.note("--follow \(place)")
        }
    }

    /// The options as they were given.
    var words: [String] {
        (wal.map { ["--wal", $0] } ?? []) + follow.flatMap { ["--follow", $0] } + (snapshot ? ["--snapshot"] : [])
    }
}
