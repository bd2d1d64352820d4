import Foundation
import Glibc

/// What a program started and left. The kernel gives it to this process, which has said that it adopts it (`prctl(2)`,
/// PR_SET_CHILD_SUBREAPER); with each that ends come those that it had started.
enum Orphans {
    /// Ends them all.
    static func end() {
        while true {
            for id in children { kill(id, SIGKILL) }
            var ended: pid_t
            repeat { ended = waitpid(-1, nil, WNOHANG) } while ended > 0
            // There are none.
            if ended < 0, errno == ECHILD { return }
            usleep(2_000)
        }
    }

    private static var children: [pid_t] {
        let own = getpid()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { id in
            guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                // The name, in brackets, can hold anything.
                let end = text.lastIndex(of: ")")
            else { return false }
            let fields = text[end...].split(separator: " ")
            return fields.count > 2 && pid_t(fields[2]) == own
        }
    }
}
