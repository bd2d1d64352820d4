import Files
import Foundation
import Glibc
import SystemPackage

/// What programs of PostgreSQL said when they were asked for their version, so that a drill does not start each of them again to
/// ask. An answer holds as long as the program and the libraries of the system are the files that they were.
struct KnownVersions: Codable, Equatable {
    private struct Answer: Codable, Equatable {
        /// Of the program and of the libraries, before it was asked.
        let state: String
        let words: String
    }

    /// By the path of the program.
    private var answers: [String: Answer] = [:]

    /// What the program said, if it was in this state.
    func answer(of program: FilePath, in state: String) -> String? {
        answers[program.string].flatMap { $0.state == state ? $0.words : nil }
    }

    mutating func note(_ words: String, of program: FilePath, in state: String) {
        answers[program.string] = Answer(state: state, words: words)
    }

    /// Without those of programs that are gone.
    fileprivate var ofPresentPrograms: KnownVersions {
        var present = self
        present.answers = answers.filter { FileManager.default.fileExists(atPath: $0.key) }
        return present
    }

    /// ldconfig writes it anew whenever a library is installed.
    static let libraries: FilePath = "/etc/ld.so.cache"

    /// What tells a program, with the libraries that it is started with, from any other at the same path.
    /// - Returns: nil where it is not there.
    static func state(ofProgram program: FilePath) -> String? {
        guard let own = state(of: program) else { return nil }
        let named = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""
        return "\(own), \(state(of: libraries) ?? "no \(libraries)"), \(named)"
    }

    /// What tells a file from any other at the same path, also from itself after it was written again.
    /// - Returns: nil where it is not there.
    static func state(of path: FilePath) -> String? {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        return "\(path) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}

extension TemplateCache {
    var versions: FilePath { directory.appending("versions.json") }

    /// - Returns: nothing where the cache cannot be used: then programs are asked.
    var knownVersions: KnownVersions {
        guard isThere, let bytes = try? Files.read(versions, limit: 1 << 20) else { return KnownVersions() }
        return (try? JSONDecoder().decode(KnownVersions.self, from: Data(bytes))) ?? KnownVersions()
    }

    /// Does nothing before there is a cache. Of two drills that write at the same time, one wins; the other's programs are asked again,
    /// and so are all where this fails.
    func keep(_ known: KnownVersions) {
        guard isThere, let bytes = try? JSONEncoder().encode(known.ofPresentPrograms) else { return }
        try? Files.replace(versions, with: Array(bytes), mode: .ownerReadWrite)
    }
}
