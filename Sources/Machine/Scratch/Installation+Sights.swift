import Foundation
import Launcher
import Processes
import Synchronization
import SystemPackage

extension Installation {
    private static let known = Mutex<[Installation: [Sight]]>([:])

    /// What its programs need to see of it, besides what every program of the machine needs.
    /// - Throws: ``ScratchError``; errors of starting a program.
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
        let own = Set(paths).filter { !Self.isOfMachine($0) }.map(\.string).sorted()
        let sights = own.filter { path in !own.contains { path.hasPrefix("\($0)/") } }.map { Sight($0, .read) }
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
        let path = path.string
        return ["/usr/lib", "/usr/lib64", "/usr/share", "/usr/bin", "/usr/local/lib", "/lib", "/lib64"].contains {
            path == $0 || path.hasPrefix("\($0)/")
        }
    }

    /// Libraries of its programs and extensions that lie in other places, as the loader finds them.
    ///
    /// The loader tells it instead of running the program (ld.so(8), `LD_TRACE_LOADED_OBJECTS`), for all extensions at once.
    /// ldd(1) does the same for one file after the other, which takes a third of a second.
    private func linkedFiles() async throws -> Set<FilePath> {
        let root = directory.removingLastComponent()
        guard !Self.isOfMachine(root) else { return [] }
        let programs = ["postgres", "initdb", "pg_restore", "psql", "pg_combinebackup"].map(program)
            .filter { FileManager.default.isExecutableFile(atPath: $0.string) }
        var found: Set<FilePath> = []
        for program in programs { try await found.formUnion(linkedFiles(of: program)) }
        let extensions = extensions(below: root.appending("lib"))
        // The kernel takes variables of up to 128 KiB.
        for start in stride(from: 0, to: extensions.count, by: 30) {
            let some = extensions[start..<min(start + 30, extensions.count)]
            try await found.formUnion(linkedFiles(of: program("postgres"), loading: Array(some)))
        }
        return found
    }

    /// The loader takes no name with a space or a colon.
    private func extensions(below directory: FilePath) -> [FilePath] {
        (FileManager.default.enumerator(atPath: directory.string)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".so") }.map { directory.appending($0) }
            .filter { !$0.string.contains(where: { $0 == " " || $0 == ":" }) }
    }

    private func linkedFiles(of program: FilePath, loading extensions: [FilePath] = []) async throws -> Set<FilePath> {
        var environment = ["LD_TRACE_LOADED_OBJECTS": "1"]
        if !extensions.isEmpty { environment["LD_PRELOAD"] = extensions.map(\.string).joined(separator: ":") }
        let limit = 16 << 20
        // A loader that does not know the variable would run the program: then it tells its version.
        let (answer, _) = try await Command(program, ["--version"], environment: environment, directory: "/")
            .answer(patience: .seconds(600), limit: limit) {
                ScratchError.childFailed(
                    program: program.string, reason: "its answer is larger than \(limit >> 20) MiB")
            }
        // "	libz.so.1 => /usr/lib/libz.so.1 (0x00007f0000000000)"
        let places = String(decoding: answer, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.split(separator: " => ", maxSplits: 1).dropFirst().first?.split(separator: " (").first
        }
        return Set(
            Set(places).filter { $0.hasPrefix("/") }.map {
                FilePath(URL(filePath: String($0)).standardizedFileURL.path)
            })
    }
}
