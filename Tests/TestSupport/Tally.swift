import Foundation
import Synchronization

/// Counts of what tests have shown, for the last lines of a whole run.
package enum Tally {
    private static let counts = Mutex<[String: Int]>([:])

    /// Where `PGASSAY_TEST_COUNTS` says: a number and what was counted, a line for each, written when this process ends.
    private static let file: String? = {
        let file = ProcessInfo.processInfo.environment["PGASSAY_TEST_COUNTS"]
        if file != nil { atexit { write() } }
        return file
    }()

    package static func add(_ what: String) {
        guard file != nil else { return }
        counts.withLock { $0[what, default: 0] += 1 }
    }

    private static func write() {
        guard let file else { return }
        let lines = counts.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($1) \($0)\n" }
        do {
            try lines.joined().write(toFile: file, atomically: false, encoding: .utf8)
        } catch {
            print("\(file) cannot be written: \(error)")
        }
    }
}
