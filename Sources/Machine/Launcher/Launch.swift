import Foundation

/// What the launcher is told: which program to run, as whom, and what that program may see. It holds no secret: other accounts
/// can read it in the process list.
package struct Launch: Codable, Sendable {
    package var program: String
    package var arguments: [String]
    /// Where the program works, as it sees it.
    package var directory: String
    /// Nil: the account that runs the launcher.
    package var account: LaunchAccount?
    package var walls: Walls
    package var sights: [Sight] = []
    /// A mount namespace to begin in, by a path: an overlay is mounted there.
    package var mounts: String?
    /// A TCP port that the program may connect to. It is then in the machine's network, so ``walls`` has no network namespace.
    package var port: UInt16?
    /// Set for a program that outlives us: the file that its words go to.
    package var detachedLog: String?
    /// What the program leaves running is ended with it. Without a process namespace, the launcher itself does that.
    package var endsWhatItLeaves = true
    /// The process that starts the launcher. When that one is gone, the program is ended. Nil: it may outlive everybody.
    package var starter: Int32?

    package init(
        program: String, arguments: [String], directory: String, account: LaunchAccount?, walls: Walls
    ) {
        self.program = program
        self.arguments = arguments
        self.directory = directory
        self.account = account
        self.walls = walls
    }
}

/// The account that a program runs as. It needs no entry in the machine's own list: the program finds one in its own.
package struct LaunchAccount: Codable, Sendable {
    package var user: UInt32
    package var group: UInt32

    package init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

/// A file or directory that a program may see, at the same path as outside.
package struct Sight: Codable, Sendable {
    package enum Rights: String, Codable, Sendable {
        case read
        /// As if the program's account owned what its owner owns: backups are often readable by root alone.
        case readAsOwner
        case write
        /// Reached through, but not listed: the directory of a socket.
        case connect
    }

    package var path: String
    package var rights: Rights
    /// What it was when we looked at it: another file in its place is refused. Nil where the path is the machine's own.
    package var identity: FileIdentity?

    package init(_ path: String, _ rights: Rights, identity: FileIdentity? = nil) {
        self.path = path
        self.rights = rights
        self.identity = identity
    }
}

/// Which file it is: a path can lead to another file a moment later.
package struct FileIdentity: Codable, Sendable, Equatable {
    /// Where it is really, without links.
    package var path: String
    package var device: UInt64
    package var inode: UInt64

    package init(path: String, device: UInt64, inode: UInt64) {
        self.path = path
        self.device = device
        self.inode = inode
    }
}
