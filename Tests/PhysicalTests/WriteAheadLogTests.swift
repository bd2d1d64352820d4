import Foundation
import Physical
import SystemPackage
import TestSupport
import Testing

/// Numbers that no server writes and a hostile backup can: none of them ends the process.
@Suite struct WriteAheadLogTests {
    @Test(arguments: [(0, 0), (0, .max), (.max, .max), (1 << 40, 1 << 41)] as [(UInt64, UInt64)])
    func numbersAtTheirEnds(_ start: UInt64, _ end: UInt64) async throws {
        try await withTemporaryDirectory { directory in
            for name in ["FFFFFFFFFFFFFFFF000000FF", "000000010000000000000000", "00000001FFFFFFFF000000FF"] {
                try Data(repeating: 0xFF, count: 100).write(to: URL(filePath: directory.appending(name).string))
            }
            let log = try WriteAheadLog(ofBackup: directory, archive: directory, segmentSize: 16 << 20)
            let need = WriteAheadLog.Need(
                start: LogPosition(start), timeline: 1, end: LogPosition(end), segmentSize: 16 << 20,
                systemIdentifier: 1)
            let flaws = try log.flaws(for: need)
            #expect(!flaws.isEmpty && flaws.count <= 23)
        }
    }

    /// The log that a backup needs was removed, and later log is there: one flaw, and not one for each segment.
    @Test func aLogThatBeginsTooLate() async throws {
        try await withTemporaryDirectory { directory in
            for number in 900...901 as ClosedRange<UInt64> {
                let segment = LogSegment(timeline: 1, number: number, size: 1 << 20)
                var bytes = [UInt8](repeating: 0, count: 1 << 20)
                for index in 0..<8 {
                    bytes[8 + index] = UInt8(truncatingIfNeeded: segment.start.value >> (8 * UInt64(index)))
                }
                bytes[24] = 7
                try Data(bytes).write(to: URL(filePath: directory.appending("\(segment)").string))
            }
            let log = try WriteAheadLog(ofBackup: directory, archive: nil, segmentSize: 1 << 20)
            let need = WriteAheadLog.Need(
                start: LogPosition(5 << 20), timeline: 1, end: LogPosition(6 << 20), segmentSize: 1 << 20,
                systemIdentifier: 7)
            let flaws = try log.flaws(for: need)
            #expect(flaws.map(\.path) == ["pg_wal/000000010000000000000005"])
            #expect(flaws.first?.problem.contains("begins too late, with 000000010000000000000384") == true, "\(flaws)")
        }
    }
}
