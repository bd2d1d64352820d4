import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Physical

/// The log of real servers, followed record by record.
@Suite struct LogReaderTests {
    /// With a record that is longer than a segment, and one that removes a table.
    @Test(arguments: [15, 17, 18])
    func followsTheLogOfAServer(major: Int) async throws {
        try await SourceCluster.with(major: major) { cluster in
            try await cluster.execute("CREATE TABLE gone AS SELECT g FROM generate_series(1, 2000) g", "CHECKPOINT")
            let file = try #require(RelationFile(path: try await cluster.value("SELECT pg_relation_filepath('gone')")))
            let start = try await cluster.value("SELECT redo_lsn::text FROM pg_control_checkpoint()")
            try await cluster.execute(
                "DROP TABLE gone", "SELECT pg_logical_emit_message(true, 'test', repeat('x', 36000000))",
                "CREATE TABLE t AS SELECT g FROM generate_series(1, 5000) g")
            let end = try #require(LogPosition(try await cluster.value("SELECT pg_current_wal_insert_lsn()::text")))
            let system = try await cluster.value("SELECT system_identifier::text FROM pg_control_system()")
            try await cluster.archiveAll()
            let need = WriteAheadLog.Need(
                start: try #require(LogPosition(start)), timeline: 1, end: end, segmentSize: 16 << 20,
                systemIdentifier: try #require(UInt64(system)))
            let log = WriteAheadLog(ofBackup: [], archive: try OpenTree(at: cluster.archive), segmentSize: 16 << 20)
            #expect(try log.flaws(for: need) == [])
            let walk = try LogWalk(log, need)
            let locator = RelationLocator(file)
            walk.seek([locator])
            var bytes = 0
            try walk.readFiles { bytes += $0 }
            #expect(walk.reader.stop == nil, "\(String(describing: walk.reader.stop))")
            #expect(walk.reader.end >= end && bytes >= 32 << 20)
            #expect(walk.reader.removed == [locator])
            #expect(try walk.extent(of: log).flaws == [])

            // Any byte of the long record.
            let second = LogSegment(timeline: 1, number: need.firstSegment + 1, size: 16 << 20)
            let place = URL(filePath: cluster.archive.appending("\(second)").string)
            let whole = try Data(contentsOf: place)
            var random = SeededGenerator(7)
            for _ in 0..<2 {
                var damaged = whole
                damaged[Int.random(in: 0..<1000, using: &random) * 8192 + 5000] ^= 1
                try damaged.write(to: place)
                let log = WriteAheadLog(ofBackup: [], archive: try OpenTree(at: cluster.archive), segmentSize: 16 << 20)
                let walk = try LogWalk(log, need)
                try walk.readFiles { _ in }
                let flaws = try walk.extent(of: log).flaws
                #expect(flaws.first?.problem.contains("wrong checksum") == true, "\(flaws)")
                #expect(flaws.first?.problem.contains("is not consistent before \(end)") == true, "\(flaws)")
            }

            // The record begins in the first segment. The server stopped where it wrote the second: the log ends there.
            var torn = whole
            torn.resetBytes(in: (100 * 8192)...)
            try torn.write(to: place)
            let third = cluster.archive.appending("\(second.next)")
            let rest = try Data(contentsOf: URL(filePath: third.string))
            try FileManager.default.removeItem(atPath: third.string)
            func breach() throws -> LogBreach? {
                let archive = try OpenTree(at: cluster.archive)
                return try WriteAheadLog(ofBackup: [], archive: archive, segmentSize: 16 << 20).follow(for: need) {
                    _, _ in
                }.breach
            }
            #expect(try breach() == nil)
            // With a third segment, it went on.
            try rest.write(to: URL(filePath: third.string))
            #expect(try breach()?.segment == second)
        }
    }

    @Test(arguments: [15, 16, 17, 18])
    func readsTheControlFileOfAServer(major: Int) async throws {
        try await SourceCluster.with(major: major) { cluster in
            try await cluster.execute("CHECKPOINT")
            func value(_ what: String) async throws -> String { try await cluster.value("SELECT \(what)::text") }
            let directory = try #require(try DataDirectory(OpenTree(at: cluster.data)))
            let control = try ControlFile(of: directory)
            #expect("\(control.systemIdentifier)" == (try await value("(pg_control_system()).system_identifier")))
            #expect("\(control.checkpoint)" == (try await value("(pg_control_checkpoint()).checkpoint_lsn")))
            #expect("\(control.redo)" == (try await value("(pg_control_checkpoint()).redo_lsn")))
            #expect("\(control.timeline)" == (try await value("(pg_control_checkpoint()).timeline_id")))
            let time = try await value("extract(epoch FROM (pg_control_checkpoint()).checkpoint_time)::bigint")
            #expect("\(Int(control.checkpointTime.timeIntervalSince1970))" == time)
            #expect(control.state == .inProduction && control.hasChecksums)
            #expect(control.maxPreparedTransactions == 4 && control.segmentSize == 16 << 20)
            #expect(control.logPageSize == 8192 && control.minimumRecovery.value == 0)
            // Every bit counts: also those of the version.
            let bytes = try directory.tree.need("global/pg_control").head(512)
            for index in 0..<288 {
                var changed = bytes
                changed[index] ^= 4
                #expect(throws: ControlFileError.checksum) { try ControlFile(changed, majorVersion: major) }
            }
            #expect(throws: ControlFileError.unknownVersion(99)) { try ControlFile(bytes, majorVersion: 99) }
        }
    }

    /// What lies in the log by chance, or was put there, ends no process.
    @Test func numbersAtTheirEnds() {
        for byte in [0x00, 0xFF, 0x18, 0x80] as [UInt8] {
            var page = [UInt8](repeating: byte, count: 16 << 10)
            page.replaceSubrange(8..<16, with: [UInt8](repeating: 0, count: 8))
            for start in [0, 24, 8191, .max] as [UInt64] {
                var reader = LogReader(from: LogPosition(start), pageSize: 8192, segmentSize: 1 << 20)
                page.withUnsafeBytes { reader.read($0, at: LogPosition(0)) }
                #expect(reader.end == LogPosition(start))
            }
        }
    }
}
