import Files
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
            let tree = try OpenTree(at: directory)
            let log = WriteAheadLog(ofBackup: tree.files, archive: tree, segmentSize: 16 << 20)
            let need = WriteAheadLog.Need(
                start: LogPosition(start), timeline: 1, end: LogPosition(end), segmentSize: 16 << 20,
                systemIdentifier: 1)
            let flaws = try log.flaws(for: need)
            #expect(!flaws.isEmpty && flaws.count <= 23)
        }
    }
}
