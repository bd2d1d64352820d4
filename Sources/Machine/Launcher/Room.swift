import CLinux
import Foundation
import Glibc
import SystemPackage

/// A root directory with nothing in it but what a program may see: the libraries and data of this machine that every PostgreSQL
/// uses, and its ``Sight``s. Everything else of this machine has no name there.
struct Room {
    private let sights: [Sight]
    private let account: LaunchAccount?
    private let owners: OwnerMappings?
    /// The program has a process namespace of its own, and so a `/proc` that shows nothing else.
    private let isAlone: Bool

    init(_ sights: [Sight], _ account: LaunchAccount?, _ owners: OwnerMappings?, isAlone: Bool) {
        self.sights = sights
        self.account = account
        self.owners = owners
        self.isAlone = isAlone
    }

    /// Makes it, and makes it the root of this process.
    func build() throws(LaunchError) {
        // Mounts made here are not seen outside, and this namespace does not block an unmount outside.
        try need(mount("none", "/", nil, UInt(MS_REC) | UInt(MS_SLAVE), nil) == 0, .mount, "mount")
        // Everything is opened before the new root covers a part of the old one.
        var copies: [(place: String, copy: Int32)] = []
        for file in SystemFiles.bound { copies.append((file, try Self.copy(file))) }
        for file in SystemFiles.devices { copies.append((file, try Self.copy(file, isDevice: true))) }
        for sight in sights { copies.append((sight.path, try copy(sight))) }
        let links = SystemFiles.links
        let base = try Self.base()
        let quiet = UInt(MS_NOSUID) | UInt(MS_NODEV)
        try need(mount("pgassay", base, "tmpfs", quiet, "mode=0755,size=4m") == 0, .mount, "mount tmpfs")
        try need(chdir(base) == 0, .mount, "chdir")
        for directory in ["tmp", "run", "dev", "dev/shm", "etc", "proc", "var", "var/tmp"] { try Self.make(directory) }
        for directory in ["tmp", "var/tmp", "run", "dev/shm"] {
            let programs = UInt(MS_NOEXEC)
            let mode = directory == "run" ? "mode=0755" : "mode=1777"
            try need(mount("pgassay", directory, "tmpfs", quiet | programs, mode) == 0, .mount, "mount /\(directory)")
        }
        for (name, target) in links { try need(symlink(target, name) == 0, .mount, "link \(name)") }
        for (name, text) in SystemFiles.made(for: account) { try Self.make(name, text) }
        for (place, copy) in copies {
            try Self.attach(copy, at: String(place.dropFirst()))
            close(copy)
        }
        if isAlone {
            // Where parts of our own /proc are covered, as in many containers, the kernel refuses a whole one: then there is none.
            let allowed = mount("proc", "proc", "proc", quiet | UInt(MS_NOEXEC), nil) == 0
            if !allowed, errno != EPERM { throw LaunchError(.mount, "mount /proc: \(Errno(rawValue: errno))") }
        }
        try need(pgassay_pivot_here() == 0, .mount, "pivot_root")
        // MNT_DETACH.
        try need(umount2(".", 2) == 0, .mount, "umount")
        try need(chdir("/") == 0, .mount, "chdir")
        // Only the root itself: what is mounted below has rights of its own.
        let root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try need(root >= 0, .mount, "open /")
        defer { close(root) }
        var attributes = pgassay_mount_attributes()
        attributes.set = pgassay_mount_read_only
        try need(pgassay_change_mount(root, 0, attributes) == 0, .mount, "mount_setattr")
    }

    /// A directory to put the new root on for a moment.
    private static func base() throws(LaunchError) -> String {
        for place in ["/tmp", "/run", "/var/tmp", "/mnt", "/proc"] {
            var status = stat()
            if lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return place }
        }
        throw LaunchError(.mount, "there is no directory /tmp, /run, /var/tmp or /mnt")
    }

    /// A copy of the mount of a file of the machine, read-only.
    private static func copy(_ path: String, isDevice: Bool = false) throws(LaunchError) -> Int32 {
        // O_PATH.
        let file = open(path, 0x200000 | O_CLOEXEC)
        try need(file >= 0, .mount, "open \(path)")
        defer { close(file) }
        var attributes = pgassay_mount_attributes()
        attributes.set = pgassay_mount_no_setuid
        attributes.set |= isDevice ? pgassay_mount_no_programs : pgassay_mount_read_only | pgassay_mount_no_devices
        return try copy(file, path, attributes)
    }

    private static func copy(
        _ file: Int32, _ path: String, _ attributes: pgassay_mount_attributes
    ) throws(LaunchError) -> Int32 {
        let copy = pgassay_copy_mount(file)
        try need(copy >= 0, .mount, "open_tree \(path)")
        try need(pgassay_change_mount(copy, 1, attributes) == 0, .mount, "mount_setattr \(path)")
        return copy
    }

    private func copy(_ sight: Sight) throws(LaunchError) -> Int32 {
        let file = try sight.open()
        defer { close(file) }
        var attributes = pgassay_mount_attributes()
        attributes.set = pgassay_mount_no_setuid | pgassay_mount_no_devices
        switch sight.rights {
        case .read: attributes.set |= pgassay_mount_read_only
        case .readAsOwner, .connect: attributes.set |= pgassay_mount_read_only | pgassay_mount_no_programs
        case .write: attributes.set |= pgassay_mount_no_programs
        }
        let copy = try Self.copy(file, sight.path, attributes)
        if sight.rights == .readAsOwner { try owners?.apply(to: copy, sight) }
        return copy
    }

    /// Attaches a copy below the new root, where we are.
    private static func attach(_ copy: Int32, at place: String) throws(LaunchError) {
        var status = stat()
        try need(fstat(copy, &status) == 0, .mount, "fstat \(place)")
        if status.st_mode & S_IFMT == S_IFDIR {
            try make(place)
        } else {
            try make(String(place.prefix(upTo: place.lastIndex(of: "/") ?? place.startIndex)))
            var there = stat()
            if lstat(place, &there) != 0 { try make(place, "") }
        }
        try need(pgassay_attach_mount(copy, place) == 0, .mount, "move_mount /\(place)")
    }

    /// Makes a directory and those above it, where they are missing.
    private static func make(_ directory: String) throws(LaunchError) {
        var path = ""
        for part in directory.split(separator: "/") {
            path += path.isEmpty ? "\(part)" : "/\(part)"
            guard mkdir(path, 0o755) != 0, errno != EEXIST, errno != EROFS else { continue }
            throw LaunchError(.mount, "mkdir /\(path): \(Errno(rawValue: errno))")
        }
    }

    private static func make(_ name: String, _ text: String) throws(LaunchError) {
        let file = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        try need(file >= 0, .mount, "make /\(name)")
        defer { close(file) }
        try need(text.withCString { write(file, $0, strlen($0)) } == text.utf8.count, .mount, "write /\(name)")
    }
}

extension Sight {
    /// Opens it to be mounted; what was looked at before is opened part by part, without following a link, and compared.
    func open() throws(LaunchError) -> Int32 {
        let pathOnly: Int32 = 0x200000  // O_PATH
        guard let identity else {
            let file = Glibc.open(path, pathOnly | O_CLOEXEC)
            try need(file >= 0, nil, "open \(path)")
            return file
        }
        var file = Glibc.open("/", pathOnly | O_DIRECTORY | O_CLOEXEC)
        try need(file >= 0, nil, "open /")
        for part in identity.path.split(separator: "/") {
            let next = openat(file, String(part), pathOnly | O_NOFOLLOW | O_CLOEXEC)
            let failed = next < 0
            close(file)
            try need(!failed, nil, "open \(identity.path)")
            file = next
        }
        var status = stat()
        guard fstat(file, &status) == 0, UInt64(status.st_dev) == identity.device,
            UInt64(status.st_ino) == identity.inode,
            [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
        else {
            close(file)
            throw LaunchError(nil, "\(identity.path) is not what it was when the drill looked at it")
        }
        return file
    }
}
