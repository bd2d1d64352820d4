import Evidence
import Findings
import Foundation
import Restore
import Scratch
import SystemPackage

/// What a drill would do, found out without doing it.
package struct DryRun: Codable, Sendable {
    package var plan: String
    package var backup: String
    package var whyThisOne: String
    package var format: String
    package var bytes: Int64
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
    /// What would keep the drill from running; empty where nothing is known to.
    package var obstacles: [String] = []

    /// - Parameter signature: how the report would be signed.
    /// - Throws: what would stop the drill, as ``Scratch/ScratchError`` and others.
    package init(of request: DrillRequest, signature: String) async throws {
        let plan = request.plan
        let backup = try openBackup(at: request.backup.path, clock: BackupClock(plan.backup))
        let setting = try RestoreSetting(plan, keep: request.keepScratch)
        let description = backup.description
        self.plan = plan.name
        self.backup = request.backup.path.string
        whyThisOne = request.backup.reason
        format = [description.format, description.compression].joined(separator: ", ")
        bytes = description.bytes
        created = description.created
        createdBasis = description.createdBasis
        serverVersion = description.serverVersion
        dumpVersion = description.dumpVersion
        let choice = try await backup.chooseInstallation(in: setting)
        let (making, removing): (String, String)
        switch setting.server {
        case .existing(let target, _):
            server = "\(target), restored with the programs of PostgreSQL \(choice.installation.version)"
            isolation = ["a database of its own on an existing server; not fenced"]
            (making, removing) = ("create a database there", "drop that database and the roles made for it")
        case .ownServer(let parent, let account):
            server =
                "PostgreSQL \(choice.installation.version) in \(choice.installation.directory): \(choice.reason)"
            let fence = try await Fence.raise(account: try Account.resolve(configured: account))
            isolation = fence.isolation
            scratchDirectory = parent.string
            diskNeeded = setting.diskSpace ?? backup.estimatedDiskSpace
            var start = "start a server"
            do {
                let place = try ScratchDirectory.whatIsThere(of: parent)
                if place != parent { start = "make \(parent), and start a server in it" }
                diskFree = try freeDiskSpace(at: place)
                if try await !fence.account(can: "-x", place) {
                    throw ScratchError.cannotEnter(directory: place, account: fence.account.name)
                }
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
        let words = backup.words(for: setting)
        steps = [
            "read the backup once for its SHA-256", words.inspect, making, "\(words.restore), \(limit) at most",
            "run the checks", removing, "write the report to \(request.reports), \(signature)",
        ]
    }
}
