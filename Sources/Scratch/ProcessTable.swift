import Foundation
import Glibc
import SystemPackage

/// The name of a process and its state letter, from `/proc/<pid>/stat` (proc(5)); nil when there is no such process.
func processState(_ process: Int32) -> (name: String, state: Character)? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let match = text.prefixMatch(of: /\d+ \((.*)\) (.)/)
    else { return nil }
    return (String(match.1), match.2.first!)
}

/// Whether a process has ended and only waits to be collected.
func isZombie(_ process: Int32) -> Bool { processState(process).map { $0.state == "Z" } ?? true }

/// The directory that a process works in; nil when it has ended or belongs to somebody else.
func workingDirectory(of process: Int32) -> FilePath? {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")).map { FilePath($0) }
}
