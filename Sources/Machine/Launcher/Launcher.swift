import CLinux
import Foundation
import Glibc
import SystemPackage

/// Builds walls around a program and runs it (docs/decisions/26-the-fence.md).
///
/// pgassay starts itself anew for this: a program with one thread, which has read nothing yet, so that there is nothing in it for
/// the walled program to find.
///
///     launcher ─▶ first process of a process namespace ─▶ the program
///     waits,      mounts, gives up all rights, and ends     sees what the walls leave
///     outside     when the program ends
package enum Launcher {
    /// The hidden first argument.
    private static let word = "launch-behind-walls"

    /// What the launcher says when there is no program behind walls: this, and why.
    package static let complaint = "pgassay cannot build the walls: "
    /// Its exit code then.
    package static let failure: Int32 = 125

    /// Called at the very start of a program that can be the launcher, before it has a second thread. Returns if it was not
    /// started as one.
    package static func runIfAsked() {
        isHere.pointee = true
        let words = CommandLine.arguments
        guard words.count == 3, words[1] == word else { return }
        do {
            if words[2] == "probe" { try Probe.run() }
            try JSONDecoder().decode(Launch.self, from: Data(words[2].utf8)).run()
        } catch {
            complain(error)
            exit(failure)
        }
    }

    /// The launcher as a program to run: this one, or the pgassay that lies beside it.
    /// - Returns: nil where there is none.
    package static func program() -> FilePath? {
        let own: FilePath = "/proc/self/exe"
        if isHere.pointee { return own }
        guard let place = try? FileManager.default.destinationOfSymbolicLink(atPath: own.string) else { return nil }
        let beside = FilePath(place).removingLastComponent().appending("pgassay")
        return FileManager.default.isExecutableFile(atPath: beside.string) ? beside : nil
    }

    /// The arguments with which the launcher runs a program behind walls.
    package static func arguments(for launch: Launch) throws -> [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return [word, String(decoding: try encoder.encode(launch), as: UTF8.self)]
    }

    /// The arguments with which it says which walls this machine allows.
    package static let probe = [word, "probe"]

    /// Keeps other processes of the account from looking into this one, and this one from leaving a core (prctl(2)).
    package static func forbidTraces() throws {
        guard pgassay_forbid_traces() == 0 else { throw Errno(rawValue: errno) }
    }

    static func complain(_ error: any Error) {
        let words = complaint + String(describing: error) + "\n"
        _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }

    /// Written once, before there is a second thread; never freed.
    private nonisolated(unsafe) static let isHere: UnsafeMutablePointer<Bool> = {
        let flag = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        flag.initialize(to: false)
        return flag
    }()
}

/// Throws what the last system call left in errno.
func need(_ succeeded: Bool, _ wall: Walls?, _ what: String) throws(LaunchError) {
    guard succeeded else { throw LaunchError(wall, "\(what): \(Errno(rawValue: errno))") }
}
