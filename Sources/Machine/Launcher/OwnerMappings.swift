import CLinux
import Glibc
import SystemPackage

/// Lets the program's account read files that only their owner may read, such as a backup of root's, without giving it a right over
/// any other file: in the program's mount of them, they belong to its account (`mount_setattr(2)`, "ID-mapped mounts").
struct OwnerMappings {
    private struct Owner: Hashable {
        let user: uid_t
        let group: gid_t
    }

    /// User namespaces that hold a mapping each, open.
    private var namespaces: [Owner: Int32] = [:]
    /// By path.
    private var owners: [String: Owner] = [:]
    private let account: LaunchAccount?

    /// Looks at the owners, and makes the mappings. Call it outside of the namespaces of the program.
    init(for sights: [Sight], account: LaunchAccount?) throws(LaunchError) {
        self.account = account
        // Any other account than root may map no owner but itself.
        guard let account, geteuid() == 0 else { return }
        for sight in sights where sight.rights == .readAsOwner {
            let owner = try Self.owner(of: sight)
            owners[sight.path] = owner
            guard owner.user != account.user, namespaces[owner] == nil else { continue }
            namespaces[owner] = try Self.namespace(mapping: owner, to: account)
        }
    }

    private static func owner(of sight: Sight) throws(LaunchError) -> Owner {
        let file = try sight.open()
        defer { close(file) }
        var status = stat()
        try need(fstat(file, &status) == 0, .mount, "fstat")
        // The directory of a backup may have another owner than the files in it. So the owner is taken from a file that every base
        // backup or every directory dump has.
        if status.st_mode & S_IFMT == S_IFDIR {
            var within = stat()
            for name in ["PG_VERSION", "toc.dat"]
            where fstatat(file, name, &within, AT_SYMLINK_NOFOLLOW) == 0 && within.st_mode & S_IFMT == S_IFREG {
                status = within
                break
            }
        }
        return Owner(user: status.st_uid, group: status.st_gid)
    }

    /// - Throws: ``LaunchError`` where the file system cannot do it, and the account cannot read the backup without it.
    func apply(to copy: Int32, _ sight: Sight) throws(LaunchError) {
        var status = stat()
        try need(fstat(copy, &status) == 0, .mount, "fstat")
        guard let owner = owners[sight.path], let namespace = namespaces[owner] else { return }
        var attributes = pgassay_mount_attributes()
        attributes.set = pgassay_mount_map_owners
        attributes.users = UInt64(namespace)
        if pgassay_change_mount(copy, 1, attributes) == 0 { return }
        let why = Errno(rawValue: errno)
        let needed: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o005 : 0o004
        guard status.st_mode & needed == needed else {
            throw LaunchError(
                nil,
                """
                only its owner may read \(sight.path), and its file system cannot lend it to the drill's account (\(why)): let \
                others read it, or copy it to another file system
                """)
        }
    }

    /// A user namespace in which an owner's number leads to the account's. It needs a process for as long as it has no other holder.
    private static func namespace(mapping owner: Owner, to account: LaunchAccount) throws(LaunchError) -> Int32 {
        let (ready, done) = (try Pipe(), try Pipe())
        let holder = pgassay_fork()
        try need(holder >= 0, .mount, "fork")
        if holder == 0 {
            done.closeWriting()
            ready.write(pgassay_unshare(pgassay_new_user) == 0 ? 0 : errno)
            _ = done.readEnd()
            _exit(0)
        }
        defer {
            ready.closeWriting()
            ready.closeReading()
            done.closeWriting()
            done.closeReading()
            var status: Int32 = 0
            waitpid(holder, &status, 0)
        }
        let refusal = ready.readEnd() ?? ECHILD
        guard refusal == 0 else { throw LaunchError(.mount, "user namespace for owners: \(Errno(rawValue: refusal))") }
        try writeFile("/proc/\(holder)/uid_map", "\(owner.user) \(account.user) 1", .mount)
        try writeFile("/proc/\(holder)/gid_map", "\(owner.group) \(account.group) 1", .mount)
        let namespace = open("/proc/\(holder)/ns/user", O_RDONLY | O_CLOEXEC)
        try need(namespace >= 0, .mount, "open a user namespace")
        return namespace
    }
}
