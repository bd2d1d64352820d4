import Foundation
import Launcher
import Processes
import Synchronization
import SystemPackage

extension Installation {
    private static let known = Mutex<[Installation: [Sight]]>([:])

    /// What its programs need to see of it, besides what every program of the machine needs.
    /// - Throws: errors of starting `ldd`.
    func sights() async throws -> [Sight] {
        if let known = Self.known.withLock({ $0[self] }) { return known }
        let root = directory.removingLastComponent()
        var paths: [FilePath] = []
        // An installation that has a directory to itself, or shares one with other programs.
        let shared: [FilePath] = ["/", "/usr", "/usr/local", "/opt"]
        let parts = ["lib", "lib64", "libexec", "share", "etc"].map { root.appending($0) }
            .filter { FileManager.default.fileExists(atPath: $0.string) }
        paths += [directory] + (shared.contains(root) ? [] : parts)
        if let share = debianShare(of: root) { paths.append(share) }
        paths += try await linkedFiles()
        // A program may be a link into another installation.
        let real = FilePath(URL(filePath: program("postgres").string).resolvingSymlinksInPath().path)
        let other = real.removingLastComponent().removingLastComponent()
        if other != root, !shared.contains(other) { paths.append(other) }
        let sights = Set(paths).filter { !Self.isOfMachine($0) }
            .filter { path in !paths.contains { $0 != path && path.starts(with: $0) } }
            .map(\.string).sorted().map { Sight($0, .read) }
        Self.known.withLock { $0[self] = sights }
        return sights
    }

    /// Debian's packages have `PREFIX/lib/postgresql/15/bin`, and beside it `PREFIX/share/postgresql/15`. The programs find it
    /// from their own place, so the tree works under another prefix as well.
    private func debianShare(of root: FilePath) -> FilePath? {
        guard let version = root.lastComponent, root.removingLastComponent().ends(with: "lib/postgresql") else {
            return nil
        }
        let prefix = root.removingLastComponent().removingLastComponent().removingLastComponent()
        let share = prefix.appending("share/postgresql").appending(version)
        return FileManager.default.fileExists(atPath: share.string) ? share : nil
    }

    /// Every room has these.
    private static func isOfMachine(_ path: FilePath) -> Bool {
        ["/usr/lib", "/usr/lib64", "/usr/share", "/usr/bin", "/usr/local/lib", "/lib", "/lib64"].contains {
            path.starts(with: $0)
        }
    }

    /// Libraries of its programs that lie in other places, as the loader finds them.
    private func linkedFiles() async throws -> [FilePath] {
        let root = directory.removingLastComponent()
        guard !Self.isOfMachine(root), FileManager.default.isExecutableFile(atPath: "/usr/bin/ldd") else { return [] }
        let libraries =
            (FileManager.default.enumerator(atPath: root.appending("lib").string)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".so") }.map { root.appending("lib").appending($0) }
        let programs = ["postgres", "initdb", "pg_restore", "psql", "pg_controldata", "pg_combinebackup"].map(program)
            .filter { FileManager.default.isExecutableFile(atPath: $0.string) }
        let limit = 16 << 20
        let (answer, _) = try await Command("/usr/bin/ldd", (programs + libraries).map(\.string), directory: "/")
            .answer(patience: .seconds(600), limit: limit) {
                ScratchError.childFailed(program: "ldd", reason: "its answer is larger than \(limit >> 20) MiB")
            }
        let found = String(decoding: answer, as: UTF8.self).matches(of: /=> (\/\S+) \(/).map { match in
            FilePath(URL(filePath: String(match.1)).standardizedFileURL.path)
        }
        return Array(Set(found))
    }
}
