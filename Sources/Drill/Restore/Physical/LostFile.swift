import Physical
import Postgres

/// A file or a directory of a data directory that a server misses, as its own message names it.
struct LostFile: Sendable, Equatable {
    let path: String
    let problem: String

    var flaw: FileFlaw { FileFlaw(path: path, problem: problem) }
}

extension LostFile {
    /// From the last messages of a server that did not start, which its log holds without their details.
    /// - Returns: nil if they name no file, or one that is there: what this machine does not let it read is no fault of the copy.
    init?(inLog tail: String) {
        if let match = tail.firstMatch(of: /could not access status of transaction ([0-9]+)/) {
            self.init(
                path: "pg_xact",
                problem:
                    "transaction \(match.1) is not in it: a file of pg_xact or pg_multixact is missing or too short")
            return
        }
        guard
            let match = tail.firstMatch(
                of:
                    /(?:FATAL|PANIC): +could not (?:open|read) (?:file|directory) "((?:base|global|pg_[a-z_]+)(?:\/[^"]*)?)"[^:"]*: (?:No such file or directory|Not a directory|read [0-9]+ of)/
            )
        else { return nil }
        self.init(path: String(match.1), problem: "it is missing, or shorter than a server leaves it")
    }

    /// From the error with which a server refuses a connection to one of its databases.
    init?(in error: ServerError) {
        let words = "FATAL: \(error.message) DETAIL: \(error.detail ?? "")"
        if let match = words.firstMatch(of: /database subdirectory "([^"]+)" is missing/) {
            self.init(path: String(match.1), problem: "it is missing; it holds a database")
        } else if let match = words.firstMatch(of: /"([^"]+)" is not a valid data directory/) {
            self.init(path: "\(match.1)/PG_VERSION", problem: "it is missing, or no version stands in it")
        } else {
            self.init(inLog: words)
        }
    }
}
