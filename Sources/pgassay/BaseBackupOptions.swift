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

    @Flag(
        help: "The data directory is a snapshot of a file system or a disk, or no server ran while it was copied.")
    var snapshot = false

    /// - Throws: ``Failure``.
    func change(_ plan: inout Plan, _ links: LinkOptions) throws {
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
        plan.backup?.follow += try links.places
        for place in links.follow { plan.note("--follow \(place)") }
    }

    /// The options as they were given.
    var words: [String] { (wal.map { ["--wal", $0] } ?? []) + (snapshot ? ["--snapshot"] : []) }
}

/// The links of a base backup that are followed: nobody else than its owner knows where they should lead.
struct LinkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Follow links of tablespaces and of the log to this place; may be repeated. (default: no link is followed)",
            valueName: "path"))
    var follow: [String] = []

    /// The options as they were given.
    var words: [String] { follow.flatMap { ["--follow", $0] } }

    var places: [FilePath] {
        get throws {
            try follow.map { place in
                let path = FilePath(URL(filePath: place).standardizedFileURL.path)
                guard !path.components.isEmpty else {
                    throw Failure(
                        .wrongCommand, "--follow / would follow every link: name the places of the tablespaces.")
                }
                return path
            }
        }
    }
}
