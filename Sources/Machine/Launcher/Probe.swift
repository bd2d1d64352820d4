import CLinux
import Foundation
import Glibc

/// Which walls this machine allows, found out by building them.
package struct Probe: Codable, Sendable, Equatable {
    package var walls: Walls
    /// Why the others cannot be built.
    package var refused: [Refusal]

    package struct Refusal: Codable, Sendable, Equatable {
        package var wall: Walls
        package var reason: String
    }

    /// Tries to build all walls. If a wall fails, it is left out, and the others are tried again, until the rest can be built.
    /// Prints the result as JSON and ends.
    static func run() throws -> Never {
        var probe = Probe(walls: .all, refused: [])
        // Root builds the others without a user namespace.
        if geteuid() == 0 { probe.walls.remove(.user) }
        while let refusal = try refusal(of: probe.walls) {
            probe.refused.append(refusal)
            probe.walls.remove(refusal.wall)
            // Any other account builds no namespace without a user namespace.
            if refusal.wall == .user { probe.walls.subtract(.namespaces) }
        }
        let bytes = try JSONEncoder().encode(probe)
        _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        exit(0)
    }

    /// Tries it in a child, which cannot leave what it has entered.
    private static func refusal(of walls: Walls) throws -> Refusal? {
        guard !walls.isEmpty else { return nil }
        var ends: [Int32] = [0, 0]
        try need(pipe(&ends) == 0, nil, "pipe")
        let child = pgassay_fork()
        try need(child >= 0, nil, "fork")
        if child == 0 {
            dup2(ends[1], STDERR_FILENO)
            dup2(ends[1], STDOUT_FILENO)
            do {
                let launch = Launch(
                    program: "/usr/bin/true", arguments: [], directory: "/", account: nil, walls: walls)
                try launch.run()
            } catch let error as LaunchError {
                say(Refusal(wall: error.wall ?? walls, reason: error.reason), on: ends[1])
            } catch {
                say(Refusal(wall: walls, reason: "\(error)"), on: ends[1])
            }
            _exit(1)
        }
        close(ends[1])
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        close(ends[0])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        if status == 0 { return nil }
        return Refusal(bytes: bytes, walls: walls, status: status)
    }

    private static func say(_ refusal: Refusal, on descriptor: Int32) {
        guard let bytes = try? JSONEncoder().encode(refusal) else { return }
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

extension Probe.Refusal {
    /// What a child said: as JSON, or, from a process of its own, in words that begin with the name of the wall.
    fileprivate init(bytes: [UInt8], walls: Walls, status: Int32) {
        if let said = try? JSONDecoder().decode(Self.self, from: Data(bytes)), walls.isSuperset(of: said.wall) {
            self = said
            return
        }
        var words = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
        if words.hasPrefix(Launcher.complaint) { words.removeFirst(Launcher.complaint.count) }
        for wall in Walls.each where walls.contains(wall) && words.hasPrefix(wall.name + ": ") {
            self.init(wall: wall, reason: String(words.dropFirst(wall.name.count + 2)))
            return
        }
        // It is not known which wall failed, so all of them count as refused.
        self.init(wall: walls, reason: words.isEmpty ? "it ended with status \(status)" : words)
    }
}
