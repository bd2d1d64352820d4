import Foundation
import Glibc

/// What a PostgreSQL needs of the machine, apart from its own installation: libraries, time zones, locales, dictionaries, the
/// modules of languages. None of it is anybody's data.
enum SystemFiles {
    /// Those of these that are there, and are no links.
    static var bound: [String] { (directories + settings).filter { kind($0) == S_IFDIR || kind($0) == S_IFREG } }

    /// Links among them, by the name without the slash at its beginning: `lib` leads to `usr/lib`.
    static var links: [(name: String, target: String)] {
        (directories + settings).filter { kind($0) == S_IFLNK }.compactMap { path in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: path)).map { (String(path.dropFirst()), $0) }
        } + [
            ("dev/fd", "/proc/self/fd"), ("dev/stdin", "/proc/self/fd/0"), ("dev/stdout", "/proc/self/fd/1"),
            ("dev/stderr", "/proc/self/fd/2"),
        ]
    }

    static var devices: [String] {
        ["null", "zero", "full", "random", "urandom"].map { "/dev/\($0)" }.filter { kind($0) == S_IFCHR }
    }

    /// The directories are above the settings: a link in `/etc` is made before anything is mounted there.
    private static let directories = [
        "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32",
        "/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/share", "/usr/local/lib", "/usr/local/share",
        // Hunspell's, which pg_updatedicts makes.
        "/var/cache/postgresql",
    ]

    private static let settings = [
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "timezone", "locale.alias", "alternatives",
        "postgresql-common", "perl", "python3", "tcl", "gdal", "proj", "java-17-openjdk", "crypto-policies",
        "os-release",
    ].map { "/etc/\($0)" }

    /// Files that are made: the accounts that the program can name are root and its own.
    static func made(for account: LaunchAccount?) -> [(name: String, text: String)] {
        let user = account?.user ?? geteuid()
        let group = account?.group ?? getegid()
        return [
            (
                "etc/passwd",
                "root:x:0:0:root:/:/usr/sbin/nologin\npgassay:x:\(user):\(group):a drill of pgassay:/:/usr/sbin/nologin\n"
            ),
            ("etc/group", "root:x:0:\npgassay:x:\(group):\n"),
            ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
            ("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
        ]
    }

    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// All of them, for a program that sees the whole machine but may open only these.
    static var all: [String] { (directories + settings).filter { access($0, F_OK) == 0 } }
}
