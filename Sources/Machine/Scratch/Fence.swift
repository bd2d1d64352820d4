import Files
import Foundation
import Glibc
import Launcher
import PlanKeys
import Processes
import Synchronization
import SystemPackage

/// Keeps a restored backup from reaching anything outside: docs/decisions/26-the-fence.md.
///
/// A backup can hold code that runs without being asked for (triggers, event triggers, defaults,
/// `COPY … FROM PROGRAM`), so the server and every client that reads the backup run behind the same walls, each with a view of its
/// own: nothing but what it is said to see.
package struct Fence: Sendable {
    package let account: Account
    /// What isolation was reached, in words for the report: what is weak comes first.
    package let isolation: [String]
    /// What stands between a backup and the account.
    package let walls: Walls
    /// Keeps a number that was taken for the account, for as long as the fence is used.
    private let lease: AccountLease?

    private init(account: Account, lease: AccountLease?, walls: Walls, isolation: [String]) {
        self.account = account
        self.lease = lease
        self.walls = walls
        self.isolation = isolation
    }

    /// A fence around the programs of one drill. Under root they have a user id of their own.
    /// - Parameter configured: the account that the plan names.
    /// - Throws: as ``detect(account:isolation:)``; ``ScratchError/noAccount(_:)``.
    package static func ofDrill(account configured: String?, isolation: IsolationDemand) async throws -> Fence {
        let walls = try await MachineWalls.found().walls
        // Only in a root of its own has such an account a name, without which `initdb` does not run.
        if configured == nil, isolation == .required, walls.contains(.mount), let lease = AccountLease.take() {
            return try await detect(account: lease.account, lease: lease, isolation: isolation)
        }
        return try await detect(account: try Account.resolve(configured: configured), isolation: isolation)
    }

    /// A fence around a client of a server that is not ours. It keeps the account that runs pgassay, because that is the one that the
    /// server knows.
    /// - Throws: as ``detect(account:isolation:)``.
    package static func ofClient(isolation: IsolationDemand) async throws -> Fence {
        try await detect(account: .ours, isolation: isolation)
    }

    /// Finds out what this machine allows, by trying it.
    /// - Throws: ``ScratchError/noWalls(reason:)`` where that is too little for the demand; ``ScratchError``.
    package static func detect(account: Account, isolation: IsolationDemand = .required) async throws -> Fence {
        try await detect(account: account, lease: nil, isolation: isolation)
    }

    private static func detect(
        account: Account, lease: AccountLease?, isolation: IsolationDemand
    ) async throws -> Fence {
        let found = try await MachineWalls.found()
        if isolation == .none {
            return Fence(
                account: account, lease: lease, walls: [],
                isolation: [
                    """
                    NO WALLS, because the plan says \(PlanKey.scratchIsolation): none. What is in the backup can do whatever the account \
                    \(account.name) may
                    """, account.words(isOwn: false),
                ])
        }
        guard found.walls.contains(.mount) || found.walls.contains(.landlock) else {
            throw ScratchError.noWalls(reason: found.refusals.joined(separator: "; "))
        }
        return Fence(
            account: account, lease: lease, walls: found.walls,
            isolation: found.weaknesses + [account.words(isOwn: lease != nil)] + found.strengths)
    }

    /// The same command, behind the walls. It sees the PostgreSQL of `installation`, libraries, time zones and locales of this
    /// machine, and nothing else but `sights`.
    /// - Parameters:
    ///   - mounts: a mount namespace that the walls are built in.
    ///   - detachedLog: the command is a server that outlives us, and its words go to this file.
    ///   - port: a TCP port that it connects to, in the machine's network.
    /// - Throws: ``ScratchError``.
    package func around(
        _ command: Command, of installation: Installation, seeing sights: [Sight], mounts: FilePath? = nil,
        detachedLog: FilePath? = nil, port: UInt16? = nil
    ) async throws -> Command {
        var launch = launch(command, port == nil ? walls : walls.subtracting(.network))
        launch.port = port
        launch.sights = try await installation.sights() + sights
        launch.mounts = mounts?.string
        launch.detachedLog = detachedLog?.string
        if detachedLog == nil { launch.starter = getpid() }
        var command = command
        // Where there is no /proc, the loader asks this variable for the place of a program whose libraries are found from there.
        command.environment["LD_ORIGIN_PATH"] = installation.directory.string
        return try launched(command, launch)
    }

    /// The same command, as the account and without any right, but without walls: for programs that no backup can steer.
    /// - Throws: ``ScratchError``.
    package func asAccount(_ command: Command) throws -> Command {
        var launch = launch(command, [])
        launch.endsWhatItLeaves = false
        return try launched(command, launch)
    }

    private func launch(_ command: Command, _ walls: Walls) -> Launch {
        Launch(
            program: command.program.string, arguments: command.arguments, directory: command.directory?.string ?? "/",
            // Root keeps no right behind the walls either, so a backup is lent to it too.
            account: account.isOther || geteuid() == 0
                ? LaunchAccount(user: account.userID, group: account.groupID) : nil, walls: walls)
    }

    private func launched(_ command: Command, _ launch: Launch) throws -> Command {
        var launched = command
        launched.launching = Command.Launching(
            try MachineWalls.launcher(), try Launcher.arguments(for: launch), failure: Self.failure(in:))
        return launched
    }

    /// The error that the launcher told, if these are its words.
    static func failure(in words: String) -> ScratchError? {
        words.split(whereSeparator: \.isNewline).lazy.compactMap { line in
            line.hasPrefix(Launcher.complaint) ? String(line.dropFirst(Launcher.complaint.count)) : nil
        }.last.map { .wallsFailed(reason: $0) }
    }

    /// Whether the account can use a directory, found out by trying as that account, without walls.
    /// - Parameter flag: a flag of test(1): `-x` to enter, `-w` to write, `-r` to read.
    package func account(can flag: String, _ path: FilePath) async throws -> Bool {
        try await asAccount(Command("/usr/bin/test", [flag, path.string], directory: "/"))
            .run(deadline: .seconds(600)).succeeded
    }

    /// - Throws: ``ScratchError/cannotEnter(directory:account:)``. With a root of its own, a program reaches a directory wherever it
    ///   is.
    package func requireEntry(to directory: FilePath, of named: FilePath? = nil) async throws {
        if walls.contains(.mount) { return }
        guard try await account(can: "-x", directory) else {
            throw ScratchError.cannotEnter(directory: named ?? directory, account: account.name)
        }
    }
}

/// What a plan demands.
package enum IsolationDemand: String, Sendable, CaseIterable {
    /// A mount namespace or Landlock, and everything else that this machine allows.
    case required
    /// No walls.
    case none
}

extension Account {
    /// - Parameter isOwn: no other program has this account's number.
    fileprivate func words(isOwn: Bool) -> String {
        let shared =
            isShared
            ? "; other services may run as it too: an account of its own is better (adduser --system --group pgassay)"
            : ""
        return
            "runs as \(name)\(isOwn ? ", a number that only this drill has" : ""), never root; no capabilities, no new privileges"
            + shared
    }
}

extension Sight {
    /// What is at a path now. Nothing else will be shown in its place.
    /// - Throws: `Errno`.
    package static func present(_ path: FilePath, _ rights: Rights) throws -> Sight {
        // O_PATH.
        let file = try FileDescriptor.open(
            path, FileDescriptor.AccessMode(rawValue: 0x200000), options: .closeOnExec)
        return try file.closeAfter { try of(file, at: path, rights) }
    }

    /// A backup that was opened, and nothing else, wherever its path leads by now.
    /// - Throws: ``Files/FileError``, `Errno`.
    package static func opened(_ tree: OpenTree, _ rights: Rights) throws -> Sight {
        try of(tree.descriptor, at: tree.path, rights)
    }

    /// A file of such a backup.
    /// - Throws: ``Files/FileError``, `Errno`.
    package static func opened(_ file: TreeFile, _ rights: Rights) throws -> Sight {
        let opened = try file.open()
        return try opened.closeAfter { try of(opened, at: file.path, rights) }
    }

    private static func of(_ file: FileDescriptor, at path: FilePath, _ rights: Rights) throws -> Sight {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        let place = URL(filePath: path.string).standardizedFileURL.path
        return Sight(
            place, rights,
            identity: FileIdentity(
                path: try file.realPath(called: path).string, device: UInt64(status.st_dev),
                inode: UInt64(status.st_ino)))
    }
}
