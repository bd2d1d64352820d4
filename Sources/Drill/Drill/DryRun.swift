import Archive
import Backup
import Evidence
import Files
import Findings
import Foundation
import Postgres
import Restore
import Scratch
import SystemPackage

/// What a drill would do, found out without doing it.
package struct DryRun: Codable, Sendable {
    package var plan: String
    package var backup: String
    package var whyThisOne: String
    package var format: String
    /// Size of the backup, in bytes; nil if its repository does not tell it.
    package var bytes: Int64?
    package var created: Date?
    package var createdBasis: String?
    package var serverVersion: String?
    package var dumpVersion: String?
    /// Where it would be restored, and why there.
    package var server: String
    package var scratchDirectory: String?
    /// Bytes; estimated unless the plan says.
    package var diskNeeded: Int64?
    package var diskFree: Int64?
    package var isolation: [String]
    package var steps: [String]
    /// The databases that would be checked, where those are several and the files of the backup tell; else nil.
    package var databases: [String]?
    /// Of what would be made in a cloud.
    package var instanceClass: String?
    /// In seconds.
    package var timeToLive: Double?
    package var cost: String?
    /// What would keep the drill from running; empty where nothing is known to.
    package var obstacles: [String] = []
    /// What the plan names and the backup does not have, a sentence for each; only of an archive, which lists what it has.
    package var missingNames: [String] = []
    /// True if a drill would fail because of ``missingNames``; false if there are none, or an extension may make them.
    package var wouldFail = false
}

extension DryRun {
    /// The format, and the size if it is known.
    package var formatAndSize: String { bytes.map { "\(format), \(HumanUnits.bytes($0))" } ?? format }

    /// - Parameter signature: how the report would be signed.
    /// - Throws: ``Backup/Mistake``; what would stop the drill, as ``Scratch/ScratchError`` and others.
    package init(of request: DrillRequest, signature: String) async throws {
        if case .snapshot(let backup) = request.backup.origin {
            self = DryRun(of: backup, request, signature: signature)
            noteMissingLibrary()
            return
        }
        let plan = request.plan
        let setting = try RestoreSetting(plan, keep: request.keepScratch)
        self.plan = plan.name
        self.backup = request.backup.location
        whyThisOne = request.backup.reason
        let backup: (any RestorableFiles)?
        var checks = plan.checkingWords
        let (needed, fetching): (Int64?, String?)
        switch request.backup.origin {
        case .files(let path):
            let tree = try openRefusingMistakes(at: path, plan)
            let opened = restorable(try openBackup(tree, of: plan))
            let description = opened.description
            format = [description.format, description.compression].joined(separator: ", ")
            bytes = description.bytes
            created = description.created
            createdBasis = description.createdBasis
            serverVersion = description.serverVersion
            dumpVersion = description.dumpVersion
            (backup, needed, fetching) = (opened, opened.estimatedDiskSpace, nil)
            if let databases = ForeseenDatabases(in: tree, plan.recovery) {
                self.databases = databases.names
                checks = "run the checks of each database, one after the other: \(databases.words)"
            }
            let set = opened as? DumpSet
            if let set, case let chosen = try set.chosen(setting.recovery).databases, chosen.count > 1 {
                databases = chosen
                checks = "run the checks of each database, one after the other: \(chosen.joined(separator: ", "))"
            }
            if let contents = ((set?.single ?? opened) as? DumpBackup)?.dump.contents {
                let missing = MissingNames(plan.namedObjects, in: contents)
                missingNames = missing.words
                wouldFail = missing.isCertain && !missing.words.isEmpty
            }
        case .unlisted(_, let failure): throw failure
        case .repository(let repository, let listed):
            try refuseUndecryptable(listed, of: repository)
            format = "unknown until it is fetched"
            bytes = listed.bytes
            created = listed.created
            createdBasis = listed.created.map { _ in "its repository" }
            (backup, needed, fetching) = (nil, listed.bytes, repository.words)
        case .snapshot: preconditionFailure("it has a dry run of its own")
        }
        let choice = try await backup?.chooseInstallation(in: setting)
        let (making, removing): (String, String)
        switch setting.server {
        case .existing(let target, _):
            server =
                "\(target)"
                + (choice.map {
                    ", restored with the programs of PostgreSQL \($0.installation.version)"
                        + $0.installation.version.holesInWords
                } ?? "")
            isolation = try await ClientFence(for: backup, isolation: setting.isolation).isolation
            (making, removing) = ("create a database there", "drop that database and the roles made for it")
        case .ownServer(let parent, let account):
            server =
                choice.map {
                    "PostgreSQL \($0.installation.version) in \($0.installation.directory): \($0.reason)"
                        + $0.installation.version.holesInWords
                }
                ?? "chosen after the backup is fetched"
            let fence = try await Fence.ofDrill(account: account, isolation: setting.isolation)
            isolation = fence.isolation
            scratchDirectory = parent.string
            diskNeeded = setting.diskSpace ?? needed
            var start = "start a server"
            do {
                let place = try ScratchDirectory.existingDirectory(of: parent)
                if place != parent { start = "make \(parent), and start a server in it" }
                diskFree = try freeDiskSpace(at: place)
                try await fence.requireEntry(to: place)
            } catch let error as ScratchError {
                obstacles.append(error.description)
            }
            if let diskNeeded, let diskFree, diskNeeded > diskFree {
                let error = ScratchError.diskTooSmall(directory: parent, needed: diskNeeded, available: diskFree)
                obstacles.append(error.description)
            }
            (making, removing) = (
                start,
                request.keepScratch ? "leave the server running" : "stop the server and remove everything"
            )
        }
        let limit = HumanUnits.duration(setting.deadline / .seconds(1))
        let restoration = backup?.restoration(in: setting) ?? "restore it"
        let fetchLimit = HumanUnits.duration(plan.limits.fetch / .seconds(1))
        steps = fetching.map { ["\($0), \(fetchLimit) at most"] } ?? []
        steps += [
            "read the backup once for its SHA-256", backup?.inspection ?? "look at what it is", making,
            "\(restoration), \(limit) at most",
            checks, removing, "write the report to \(request.reports), \(signature)",
        ]
        noteMissingLibrary()
    }

    private mutating func noteMissingLibrary() {
        do throws(PostgresError) {
            try requireLibPQ()
        } catch {
            obstacles.append(error.description)
        }
    }
}

extension Plan {
    /// The step of the checks, before anything tells which databases there are.
    var checkingWords: String {
        guard let patterns = recovery.databases else { return "run the checks" }
        let words = patterns == [.all] ? "" : ": \(patterns.map(\.text).joined(separator: ", "))"
        return "run the checks of each database, one after the other\(words)"
    }
}
