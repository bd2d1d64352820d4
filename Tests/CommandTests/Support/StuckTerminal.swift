import Foundation
import Glibc
import SystemPackage
import TestSupport

/// A pipe that is full and that nobody reads: whoever writes there waits.
struct StuckTerminal {
    let path: FilePath
    private let pipe: FileDescriptor

    init(at path: FilePath) throws {
        guard mkfifo(path.string, 0o666) == 0 else { throw Errno(rawValue: errno) }
        self.path = path
        pipe = try FileDescriptor.open(path, .readWrite, options: [.nonBlocking, .closeOnExec])
        let page = [UInt8](repeating: UInt8(ascii: "."), count: 4096)
        while (try? pipe.writeAll(page)) != nil {}
        while (try? pipe.writeAll(page.prefix(1))) != nil {}
    }

    /// How many threads of a program wait to write on its standard error (proc(5), `syscall`).
    func writers(of program: RunningProgram) -> Int {
        let tasks = "/proc/\(program.processIdentifier)/task"
        return ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).count { task in
            let call = (try? String(contentsOfFile: "\(tasks)/\(task)/syscall", encoding: .utf8)) ?? ""
            let words = call.split(separator: " ")
            // write(2) on x86-64 and on arm64.
            return words.count > 1 && ["1", "64"].contains(words[0]) && words[1] == "0x2"
        }
    }

    /// Reads it empty, and goes on reading until that is cancelled.
    func read() -> Task<Void, Never> {
        Task { [pipe] in
            var bytes = [UInt8](repeating: 0, count: 4096)
            while !Task.isCancelled {
                let count = bytes.withUnsafeMutableBytes { try? pipe.read(into: $0) }
                if count == nil { try? await Task.sleep(for: .milliseconds(10)) }
            }
            try? pipe.close()
        }
    }
}
