import ArgumentParser
import Evidence
import Findings
import Foundation
import Scratch
import SystemPackage

struct DoctorCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine can drill, and how safely.")

    @OptionGroup var log: LogOptions

    func run() async throws {
        do {
            let installed = try await Installation.findAll()
            for installation in installed {
                print("PostgreSQL  \(installation.version)  \(installation.directory)")
            }
            if installed.isEmpty { throw ScratchError.noPostgres(configured: []) }
            let fence = try await Fence.raise(account: try Account.resolve(configured: nil))
            for line in fence.isolation { print("Isolation   \(line)") }
            let parent = ScratchDirectory.defaultParent
            let place = try ScratchDirectory.whatIsThere(of: parent)
            let free = try freeDiskSpace(at: place)
            print(
                "Scratch     \(parent)\(place == parent ? "" : " (not there yet; a drill makes it)"), \(HumanUnits.bytes(free)) free"
            )
            guard try await fence.account(can: "-x", place) else {
                throw ScratchError.cannotEnter(directory: parent, account: fence.account.name)
            }
        } catch {
            throw Failure(.couldNotTell, error)
        }
    }
}
