import Foundation
import Launcher
import Physical
import Processes
import Scratch
import SystemPackage

/// The contents of a data directory's `pg_control`, read by the `pg_controldata` of its own version.
struct ControlData: Sendable {
    /// "Database cluster state".
    let state: String
    let systemIdentifier: UInt64
    /// Where replay begins if nothing else says so.
    let redo: LogPosition
    let timeline: UInt32
    let segmentSize: UInt64
    let hasChecksums: Bool
    /// Time of the last checkpoint before the copy was consistent.
    let checkpointTime: Date
    /// A server does not start if this setting is lower than its number of prepared transactions.
    let maxPreparedTransactions: String

    /// - Throws: ``DamagedControlFile``, ``ScratchError``.
    init(of directory: FilePath, _ installation: Installation, behind fence: Fence) async throws {
        let program = Command(
            installation.program("pg_controldata"), ["-D", directory.string], environment: ["TZ": "UTC"], directory: "/"
        )
        let outcome = try await fence.around(
            program, of: installation,
            // The one file that it reads: the files of a backup may have several owners.
            seeing: [try .present(directory.appending("global/pg_control"), .readAsOwner)]
        ).run(deadline: .seconds(60))
        guard outcome.succeeded else { throw DamagedControlFile(reason: outcome.failure) }
        // If the file's own checksum is wrong, pg_controldata says so first, and goes on with what it read.
        let words = outcome.output + outcome.errorOutput
        guard !words.contains("WARNING") else {
            throw DamagedControlFile(reason: "its checksum is wrong")
        }
        var values: [String: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        func need<Value>(_ name: String, _ read: (String) -> Value?) throws(DamagedControlFile) -> Value {
            guard let value = values[name].flatMap(read) else {
                throw DamagedControlFile(reason: "pg_controldata does not print \(name)")
            }
            return value
        }
        state = try need("Database cluster state") { $0 }
        systemIdentifier = try need("Database system identifier", UInt64.init)
        redo = try need("Latest checkpoint's REDO location") { LogPosition($0) }
        timeline = try need("Latest checkpoint's TimeLineID", UInt32.init)
        segmentSize = try need("Bytes per WAL segment") {
            UInt64($0).flatMap { LogSegment.sizes.contains($0) ? $0 : nil }
        }
        checkpointTime = try need("Time of latest checkpoint", Self.date)
        hasChecksums = try need("Data page checksum version", UInt32.init) > 0
        maxPreparedTransactions = try need("max_prepared_xacts setting") { Int($0).map(String.init) }
    }
}

extension ControlData {
    var origin: CopyOrigin.Control {
        CopyOrigin.Control(state: state, systemIdentifier: systemIdentifier, redo: redo, timeline: timeline)
    }

    /// Reads a time as `%c` prints it in the C locale: `Thu Nov 26 02:33:10 2026`.
    private static func date(_ text: String) -> Date? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = .gmt
        format.dateFormat = "EEE MMM d HH:mm:ss yyyy"
        return format.date(from: text.split(separator: " ").joined(separator: " "))
    }
}

/// `global/pg_control` cannot be used; without it, nothing else of a data directory can be used.
package struct DamagedControlFile: Error, Sendable, CustomStringConvertible {
    let reason: String

    package var description: String { "global/pg_control: \(reason)" }
}
