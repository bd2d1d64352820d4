import Archive
import Files
import Foundation
import SystemPackage

/// Opens a dump again and again with bytes changed in what is read of it first, and says what came of it, in one line of JSON.
/// A program of its own, so that the memory it took is that of the reader and of nothing else: `flipped-bytes FILE OPTION DIRECTORY`.
@main
struct FlippedBytes {
    /// What a test compares.
    struct Outcome: Codable {
        /// How many of the changed dumps were refused.
        var refused = 0
        /// Refusals that name a place outside of the file, or say nothing.
        var wrong: [String] = []
        /// By how much the peak of its memory grew, in KiB.
        var memory = 0
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { throw Failure(description: "usage: flipped-bytes FILE OPTION DIRECTORY") }
        let (path, option, directory) = (arguments[1], arguments[2], arguments[3])
        let source = try read(option == "-Fd" ? "\(path)/toc.dat" : path)
        guard let contents = try Dump.open(OpenTree.ofBackup(at: FilePath(path))).contents else {
            throw Failure(description: "\(path) has no contents")
        }
        let bytes = option == "-Fc" ? Array(source[..<Int(contents.end)]) : source
        let length = option == "-Ft" ? 512 + Int(contents.end) : bytes.count
        let damaged = option == "-Fd" ? "\(directory)/toc.dat" : "\(directory)/damaged"
        // The same ones at each run.
        srand48(1)
        let before = try peakMemory()
        var outcome = Outcome()
        for _ in 0..<1500 {
            var copy = bytes
            for _ in 0...lrand48() % 3 { copy[lrand48() % length] = UInt8(lrand48() % 256) }
            try Data(copy).write(to: URL(fileURLWithPath: damaged))
            do throws(ArchiveError) {
                _ = try Dump.open(OpenTree.ofBackup(at: FilePath(option == "-Fd" ? directory : damaged)))
            } catch {
                outcome.refused += 1
                if !isPlausible(error, size: copy.count) { outcome.wrong.append("\(error)") }
            }
        }
        outcome.memory = try peakMemory() - before
        print(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))
    }

    private static func isPlausible(_ error: ArchiveError, size: Int) -> Bool {
        switch error {
        case .truncated(_, let offset, _): offset <= size
        case .malformed(_, let offset, _): 0..<Int64(size) ~= offset
        default: !"\(error)".isEmpty
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Of this process, in KiB (proc_pid_status(5)).
    private static func peakMemory() throws -> Int {
        let status = String(decoding: try read("/proc/self/status"), as: UTF8.self)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let peak = Int(line.filter(\.isNumber))
        else { throw Failure(description: "/proc/self/status has no VmHWM") }
        return peak
    }

    struct Failure: Error, CustomStringConvertible { let description: String }
}
