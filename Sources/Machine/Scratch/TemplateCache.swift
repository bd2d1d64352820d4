import Crypto
import Files
import Findings
import Foundation
import Glibc
import Processes
import SystemPackage

/// Data directories that `initdb` made, to be copied: docs/decisions/24-initdb-template.md.
///
///     initdb-INSTALLATION-KEY/   a template; both are hashes
///         key                    what it was made of and with
///         data/                  no server has ever run on it
///     pgassay-<8 hex digits>/    one that is being made: a ``ScratchDirectory``
///     versions.json              ``KnownVersions``
///
/// Only where we are root: then servers run as another account, and can neither change a template nor read it.
package struct TemplateCache: Sendable, Equatable {
    package let directory: FilePath

    package init(at directory: FilePath) { self.directory = directory }

    /// `PGASSAY_CACHE`, else systemd's `CACHE_DIRECTORY`, else `/var/cache/pgassay`; nil where we are not root, or where the
    /// first is set to nothing.
    package static var configured: TemplateCache? {
        let environment = ProcessInfo.processInfo.environment
        let systemd = environment["CACHE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        let path = environment["PGASSAY_CACHE"] ?? systemd ?? "/var/cache/pgassay"
        guard geteuid() == 0, !path.isEmpty else { return nil }
        return TemplateCache(at: FilePath(URL(filePath: path).standardizedFileURL.path))
    }

    /// The data directory of a template, which is made where it is missing.
    /// - Parameter scratch: works for this scratch directory.
    /// - Returns: nil where the cache cannot be used.
    /// - Throws: `CancellationError`; ``ScratchError/deadlineExceeded(program:seconds:)`` of `initdb`, which would take as long
    ///   anywhere else.
    func template(of cluster: EmptyCluster, for scratch: FilePath, deadline: Duration) async throws -> FilePath? {
        do {
            guard geteuid() == 0, cluster.fence.account.isOther, try make() else { return nil }
            let key = try cluster.key
            let template = directory.appending("\(Self.prefix)\(cluster.place)-\(hash(key))")
            if try !isThere(template, key) {
                try await make(template, key, of: cluster, for: scratch, deadline: deadline)
            }
            return try isThere(template, key) ? template.appending("data") : nil
        } catch let error as CancellationError {
            throw error
        } catch let error as ScratchError {
            if case .deadlineExceeded = error { throw error }
            return nil
        } catch {
            return nil
        }
    }

    /// Removes what drills left half made that were killed.
    package func sweep() async -> [Sweep.Entry] {
        guard isThere else { return [] }
        return await Sweep().sweep(below: directory)
    }

    /// Removes all templates, and what is known of versions.
    package func clear() -> [Sweep.Entry] {
        guard isThere else { return [] }
        Files.remove(versions)
        return templates.map { template in
            do {
                try Files.removeTree(template)
                return Sweep.Entry(directory: template, outcome: .removed)
            } catch {
                return Sweep.Entry(directory: template, outcome: .failed(String(describing: error)))
            }
        }
    }

    private static let prefix = "initdb-"

    private var templates: [FilePath] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []).sorted()
            .filter { $0.hasPrefix(Self.prefix) }.map { directory.appending($0) }.filter { isOurs($0, 0o077) }
    }

    /// Makes the cache's directory where it is missing.
    /// - Returns: whether it can be relied on.
    private func make() throws -> Bool {
        if mkdir(directory.string, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
        return isThere
    }

    /// Whether it is there, and nobody else can write to it.
    var isThere: Bool { isOurs(directory, 0o022) }

    /// A directory of ours, with none of these rights for others.
    private func isOurs(_ path: FilePath, _ rights: UInt32) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
            && status.st_mode & rights == 0
    }

    private func isThere(_ template: FilePath, _ key: String) throws -> Bool {
        guard isOurs(template, 0o077) else { return false }
        return FileManager.default.contents(atPath: template.appending("key").string) == Data(key.utf8)
    }

    /// Makes a template under another name, and gives it its own when it is whole.
    private func make(
        _ template: FilePath, _ key: String, of cluster: EmptyCluster, for scratch: FilePath, deadline: Duration
    ) async throws {
        let build = ScratchDirectory(path: directory.appending(ScratchDirectory.newName()))
        guard mkdir(build.path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        defer { try? Files.removeTree(build.path) }
        let lock = try ScratchLock(of: build, owner: .init(label: "template of initdb"))
        defer { withExtendedLifetime(lock) {} }
        let made = build.path.appending("made")
        try cluster.fence.account.makeDirectory(made)
        // Nothing else that runs as that account can enter the directory above; this initdb sees only the one below.
        let outcome = try await cluster.initdb(made, in: scratch, deadline: deadline)
        guard outcome.succeeded else { throw ScratchError.childFailed(program: "initdb", reason: outcome.failure) }
        let new = build.path.appending("new")
        guard mkdir(new.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        // What is copied is root's. Blocks of zeros, of which the log has 16 MB, become holes, which every later copy leaves out.
        let copied = try await Command(
            "/bin/cp", ["-R", "-T", "--sparse=always", "--", made.string, new.appending("data").string]
        ).run(deadline: deadline)
        guard copied.succeeded else { throw ScratchError.childFailed(program: "cp", reason: copied.failure) }
        try Data(key.utf8).write(to: URL(filePath: new.appending("key").string))
        let others = templates.filter { $0.lastComponent!.string.hasPrefix("\(Self.prefix)\(cluster.place)-") }
        // Removes older templates of the same installation, and a template of this name that cannot be used. A usable template of
        // this name, which another drill made meanwhile, stays.
        for other in others where other != template || (try? isThere(template, key)) != true {
            try Files.removeTree(other)
        }
        guard rename(new.string, template.string) == 0 || errno == ENOTEMPTY || errno == EEXIST else {
            throw Errno(rawValue: errno)
        }
    }
}

extension EmptyCluster {
    /// Raised when what is done to a template, or the way in which it is kept, changes.
    private static let generation = 2

    /// Of two templates with the same, the newer replaces the older.
    fileprivate var place: String { hash(([installation.directory.string] + options).joined(separator: "\n")) }

    /// All that the result of `initdb` depends on. It writes down the locales of the system with the versions of their
    /// collations, which change with the libraries; ldconfig writes its cache anew whenever a library is installed.
    fileprivate var key: String {
        get throws {
            let programs = try ["postgres", "initdb"].map { name in
                guard let file = KnownVersions.state(of: installation.program(name)) else {
                    throw Errno.noSuchFileOrDirectory
                }
                return file
            }
            let system = [
                KnownVersions.libraries, "/usr/lib/locale", "/usr/lib/locale/locale-archive", "/etc/localtime",
                "/usr/share/zoneinfo",
            ].map { KnownVersions.state(of: $0) ?? "\($0) is missing" }
            let lines = [
                "generation \(Self.generation)", "PostgreSQL \(installation.version)", "\(installation.directory)",
            ]
            return (lines + programs + options + system).map { $0 + "\n" }.joined()
        }
    }
}

/// A short name for a text. Nothing relies on it: the text itself is compared.
private func hash(_ text: String) -> String { String(Hex.encode(SHA256.hash(data: Data(text.utf8))).prefix(16)) }
