/// The walls around a program that a backup can steer.
package struct Walls: OptionSet, Sendable, Codable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// A user namespace, in which an account other than root may build the others. It is no wall itself.
    package static let user = Walls(rawValue: 1)
    package static let mount = Walls(rawValue: 2)
    package static let process = Walls(rawValue: 4)
    package static let network = Walls(rawValue: 8)
    package static let ipc = Walls(rawValue: 16)
    package static let host = Walls(rawValue: 32)
    package static let landlock = Walls(rawValue: 64)
    /// A filter of system calls (seccomp).
    package static let calls = Walls(rawValue: 128)

    package static let namespaces: Walls = [.user, .mount, .process, .network, .ipc, .host]
    package static let all: Walls = namespaces.union([.landlock, .calls])

    /// Each wall by itself.
    package static let each: [Walls] = [.user, .mount, .process, .network, .ipc, .host, .landlock, .calls]

    /// For people.
    package var name: String {
        switch self {
        case .user: "user namespace"
        case .mount: "mount namespace"
        case .process: "process namespace"
        case .network: "network namespace"
        case .ipc: "IPC namespace"
        case .host: "host name namespace"
        case .landlock: "Landlock"
        case .calls: "filter of system calls"
        default: Walls.each.filter(contains).map(\.name).joined(separator: ", ")
        }
    }
}

/// Thrown where a wall cannot be built, or what stands behind it is not as it was said to be.
struct LaunchError: Error, CustomStringConvertible {
    /// Nil where no wall is to blame.
    let wall: Walls?
    let reason: String

    init(_ wall: Walls?, _ reason: String) {
        self.wall = wall
        self.reason = reason
    }

    var description: String { wall.map { "\($0.name): \(reason)" } ?? reason }
}
