import Foundation
import Processes
import SystemPackage

/// A PostgreSQL installed on this machine: its programs in one directory.
package struct Installation: Sendable, Hashable {
    package let version: ServerVersion
    /// Holds `postgres`, `initdb`, `pg_restore`, …
    package let directory: FilePath

    init(version: ServerVersion, directory: FilePath) {
        self.version = version
        self.directory = directory
    }

    package func program(_ name: String) -> FilePath { directory.appending(name) }

    /// Every PostgreSQL on this machine, newest first: configured directories, `PGASSAY_POSTGRES` (directories
    /// separated by colons), Debian's `/usr/lib/postgresql/*/bin`, Red Hat's `/usr/pgsql-*/bin`, and `PATH`.
    ///
    /// If `PGASSAY_POSTGRES_ONLY` is set to anything, only the first two are searched. This limits a machine with many
    /// installations to some of them.
    ///
    /// A directory counts as an installation when its `postgres`, `initdb` and `pg_restore` can be run;
    /// Debian's wrappers in `/usr/bin` do not count.
    /// - Parameter cache: remembers which version each of them is; nil asks all of them.
    package static func findAll(
        configured: [FilePath] = [], cache: TemplateCache? = .configured
    ) async throws -> [Installation] {
        let before = cache?.knownVersions ?? KnownVersions()
        var known = before
        var seen: Set<String> = []
        var found: [Installation] = []
        for directory in configured + places {
            let real = URL(filePath: directory.string).resolvingSymlinksInPath().path
            guard seen.insert(real).inserted,
                let installation = try await Installation(at: FilePath(real), known: &known)
            else { continue }
            found.append(installation)
        }
        if known != before { cache?.keep(known) }
        return found.sorted { $0.version > $1.version }
    }

    /// The directories in which PostgreSQL's programs are looked for, as ``findAll(configured:cache:)`` says.
    package static var places: [FilePath] {
        let environment = ProcessInfo.processInfo.environment
        func list(_ name: String) -> [FilePath] {
            (environment[name] ?? "").split(separator: ":").map { FilePath(String($0)) }
        }
        let usual =
            subdirectories(of: "/usr/lib/postgresql", prefix: "") + subdirectories(of: "/usr", prefix: "pgsql-")
            + list("PATH")
        let only = !(environment["PGASSAY_POSTGRES_ONLY"] ?? "").isEmpty
        return list("PGASSAY_POSTGRES") + (only ? [] : usual)
    }

    /// - Returns: nil when the directory does not hold a PostgreSQL that runs.
    private init?(at directory: FilePath, known: inout KnownVersions) async throws {
        for name in ["postgres", "initdb", "pg_restore"] {
            guard FileManager.default.isExecutableFile(atPath: directory.appending(name).string) else { return nil }
        }
        guard let words = try await Self.words(of: directory.appending("postgres"), known: &known),
            let version = ServerVersion(parsing: words)
        else { return nil }
        self.version = version
        self.directory = directory
    }

    /// What the program says of its version.
    /// - Returns: nil when it does not run.
    private static func words(of program: FilePath, known: inout KnownVersions) async throws -> String? {
        let state = KnownVersions.state(ofProgram: program)
        if let words = state.flatMap({ known.answer(of: program, in: $0) }) { return words }
        // The deadline is long: on a busy machine the program may be slow, and PostgreSQL is not missing because of
        // that.
        let outcome = try await Command(program, ["--version"]).run(deadline: .seconds(600))
        guard outcome.succeeded else { return nil }
        if let state { known.note(outcome.output, of: program, in: state) }
        return outcome.output
    }

    private static func subdirectories(of parent: String, prefix: String) -> [FilePath] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.sorted().map { FilePath(parent).appending($0).appending("bin") }
    }
}

/// The installation picked for a backup, and why.
package struct InstallationChoice: Sendable {
    package let installation: Installation
    package let reason: String

    /// Picks the newest installation of the major version that the files are of.
    /// - Throws: ``ScratchError/noSuchMajor(needed:installed:)``.
    package init(ofMajor major: Int, among installed: [Installation]) throws(ScratchError) {
        let fitting = installed.filter { $0.version.major == major }
        guard let best = fitting.max(by: { $0.version < $1.version }) else {
            throw .noSuchMajor(needed: major, installed: installed.map(\.version))
        }
        installation = best
        reason = "the files are of PostgreSQL \(major), and no other version reads them"
    }

    /// Picks the installation nearest to the source that is not older than the dumped server or its pg_dump: an
    /// older server does not know the dump's syntax, and an older pg_restore does not read its archive format.
    /// - Parameters:
    ///   - serverVersion: of the dumped server; nil where the backup does not tell.
    ///   - dumpVersion: of the pg_dump that wrote it; nil where the backup does not tell.
    /// - Throws: ``ScratchError/noPostgres(configured:)`` or ``ScratchError/tooOld(needed:installed:)``.
    package init(
        serverVersion: ServerVersion?, dumpVersion: ServerVersion?, among installed: [Installation],
        configured: [FilePath] = []
    ) throws(ScratchError) {
        guard let newest = installed.max(by: { $0.version < $1.version }) else {
            throw .noPostgres(configured: configured)
        }
        guard let needed = [serverVersion, dumpVersion].compactMap({ $0 }).max() else {
            installation = newest
            reason = "the newest installed: the backup does not say its version"
            return
        }
        let enough = installed.filter { $0.version.isAtLeastMajor(of: needed) }
        guard let nearest = enough.map(\.version.major).min(),
            let best = enough.filter({ $0.version.major == nearest }).max(by: { $0.version < $1.version })
        else { throw .tooOld(needed: needed, installed: installed.map(\.version)) }
        installation = best
        let source = [
            serverVersion.map { "dumped from \($0)" }, dumpVersion.map { "by pg_dump \($0)" },
        ].compactMap { $0 }.joined(separator: " ")
        reason = "\(source); the oldest installed version that can restore it"
    }
}
