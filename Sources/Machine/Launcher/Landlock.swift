import CLinux
import Glibc
import SystemPackage

/// The paths that a program may use, kept by the kernel's Landlock (landlock(7)): with a room of its own it is a second wall
/// behind that; where no room can be built, it is the wall.
struct Landlock {
    private let rules: Int32
    private let handled: UInt64
    /// Whether this kernel's Landlock knows of TCP ports.
    private let handlesPorts: Bool

    /// The rights over files that there are (linux/landlock.h), by the version that brought them.
    private enum Right {
        static let execute: UInt64 = 1 << 0
        static let writeFile: UInt64 = 1 << 1
        static let readFile: UInt64 = 1 << 2
        static let readDirectory: UInt64 = 1 << 3
        static let makeDevices: UInt64 = 1 << 6 | 1 << 11
        static let first: UInt64 = (1 << 13) - 1
        static let refer: UInt64 = 1 << 13
        static let truncate: UInt64 = 1 << 14
        static let ioctl: UInt64 = 1 << 15
        static let ofFile: UInt64 = execute | writeFile | readFile | truncate | ioctl
    }

    /// - Throws: ``LaunchError`` where the kernel has none, or it is switched off.
    init() throws(LaunchError) {
        let version = pgassay_landlock_version()
        try need(version > 0, .landlock, "landlock_create_ruleset")
        var all = pgassay_landlock_rules()
        all.files =
            Right.first | (version >= 2 ? Right.refer : 0) | (version >= 3 ? Right.truncate : 0)
            | (version >= 5 ? Right.ioctl : 0)
        // To bind and to connect TCP sockets; then abstract sockets and signals of others.
        handlesPorts = version >= 4
        if handlesPorts { all.network = 3 }
        if version >= 6 { all.scopes = 3 }
        handled = all.files
        rules = pgassay_landlock_create(all, version >= 6 ? 24 : version >= 4 ? 16 : 8)
        try need(rules >= 0, .landlock, "landlock_create_ruleset")
    }

    /// Allows what every program of a drill needs, and what this one may see.
    /// - Parameter hasRoom: its root is a ``Room``, whose `/tmp` and `/proc` are its own.
    func allow(_ sights: [Sight], hasRoom: Bool) throws(LaunchError) {
        let read = Right.execute | Right.readFile | Right.readDirectory
        let write = handled & ~(Right.makeDevices | Right.execute | Right.ioctl)
        for path in SystemFiles.all { try allow(path, read) }
        for path in SystemFiles.devices { try allow(path, Right.readFile | Right.writeFile | Right.ioctl) }
        if hasRoom {
            // Names alone: there is nothing in it but what the program may see.
            try allow("/", Right.readDirectory)
            for path in ["/etc", "/run"] { try allow(path, read) }
            for path in ["/tmp", "/var/tmp", "/dev/shm"] { try allow(path, write) }
            try allow("/proc", Right.readFile | Right.readDirectory)
        } else {
            for path in ["/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"] where access(path, F_OK) == 0
            {
                try allow(path, Right.readFile)
            }
        }
        for sight in sights {
            switch sight.rights {
            case .read: try allow(sight.path, read, of: hasRoom ? nil : sight)
            case .readAsOwner: try allow(sight.path, read & ~Right.execute, of: hasRoom ? nil : sight)
            case .write: try allow(sight.path, write, of: hasRoom ? nil : sight)
            // To connect takes none of these rights.
            case .connect: break
            }
        }
    }

    private func allow(_ path: String, _ rights: UInt64, of sight: Sight? = nil) throws(LaunchError) {
        // O_PATH.
        let file = try sight?.open() ?? open(path, 0x200000 | O_CLOEXEC)
        try need(file >= 0, .landlock, "open \(path)")
        defer { close(file) }
        var status = stat()
        try need(fstat(file, &status) == 0, .landlock, "fstat \(path)")
        let fitting = status.st_mode & S_IFMT == S_IFDIR ? rights : rights & Right.ofFile
        try need(
            pgassay_landlock_allow(rules, file, fitting & handled) == 0, .landlock, "landlock_add_rule \(path)")
    }

    /// Allows TCP connections to a port.
    func allow(port: UInt16) throws(LaunchError) {
        guard handlesPorts else { return }
        try need(pgassay_landlock_allow_port(rules, port) == 0, .landlock, "landlock_add_rule port \(port)")
    }

    func enter() throws(LaunchError) {
        try need(pgassay_landlock_enter(rules) == 0, .landlock, "landlock_restrict_self")
        close(rules)
    }
}
