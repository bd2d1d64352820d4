import Foundation
import Launcher
import Processes
import Synchronization
import SystemPackage

/// The walls that this machine allows this process to build.
struct MachineWalls: Sendable {
    let walls: Walls
    /// Why the others cannot be built, each with the name of the wall.
    let refusals: [String]

    private static let known = Mutex<MachineWalls?>(nil)

    /// Tries it once: the answer does not change while a process runs.
    /// - Throws: ``ScratchError``.
    static func found() async throws -> MachineWalls {
        if let known = known.withLock({ $0 }) { return known }
        let outcome = try await Command(try launcher(), Launcher.probe, directory: "/").run(deadline: .seconds(600))
        guard outcome.succeeded, let probe = try? JSONDecoder().decode(Probe.self, from: Data(outcome.output.utf8))
        else { throw ScratchError.wallsFailed(reason: "they could not be tried: \(outcome.failure)") }
        let found = MachineWalls(
            walls: probe.walls, refusals: probe.refused.map { "\($0.wall.name) (\($0.reason))" })
        known.withLock { $0 = found }
        return found
    }

    /// - Throws: ``ScratchError/wallsFailed(reason:)`` where there is none, as in a program that is built without pgassay.
    static func launcher() throws(ScratchError) -> FilePath {
        guard let program = Launcher.program() else {
            throw .wallsFailed(reason: "the program pgassay, which builds them, does not lie beside this one")
        }
        return program
    }

    /// What is missing, and what it means.
    var weaknesses: [String] {
        var lines: [String] = []
        func line(_ wall: Walls, _ consequence: String) {
            guard !walls.contains(wall) else { return }
            let why = refusals.first { $0.hasPrefix(wall.name) } ?? "\(wall.name) (it needs a wall that is missing)"
            lines.append("WEAKER: no \(why): \(consequence)")
        }
        line(
            .mount, "Landlock alone keeps files apart; sockets in the file system that the account may use are in reach"
        )
        line(.landlock, "the mount namespace alone keeps files apart")
        line(
            .process,
            "the launcher ends what the backup starts, unless it is killed itself; process ids of the account are seen"
        )
        line(
            .network,
            walls.contains(.calls)
                ? "the filter of system calls keeps internet sockets away" : "the network is in reach")
        line(.ipc, "shared memory of the account is in reach")
        line(.host, "the name of this machine is seen")
        line(.calls, "every system call of the kernel is in reach")
        return lines
    }

    var strengths: [String] {
        var lines: [String] = []
        if walls.contains(.mount) {
            lines.append(
                "own mount namespace: sees this PostgreSQL, libraries, its own directory, and what it restores")
        }
        if walls.contains(.process) { lines.append("own process namespace: what the server starts ends with it") }
        if walls.contains(.network) { lines.append("own network namespace without interfaces") }
        if walls.contains(.ipc) { lines.append("own IPC namespace") }
        if walls.contains(.landlock) { lines.append("Landlock: opens no other files") }
        if walls.contains(.calls) {
            lines.append("filter of system calls: no namespaces, mounts, traces of processes, or kernel keys")
        }
        return lines
    }
}
