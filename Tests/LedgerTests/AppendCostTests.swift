import Evidence
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Ledger

/// An entry costs the same in a log of any size: it is counted here, and timed by tools/bench-ledger.sh.
@Suite(.keepsItsThread) struct AppendCostTests {
    /// Sizes whose last bundle has equally many entries.
    private static func sizes(_ most: Int64) -> (small: Int64, large: Int64) { (1000, most / 256 * 256 + 1000 % 256) }

    @Test func aMillionEntries() async throws {
        let (small, large) = Self.sizes(1_000_000)
        var counts: [CountingStore.Counts] = []
        for size in [small, large] {
            try await LedgerBench.with { bench in
                try await LargeLog(size, bench.key).write(to: bench.ledger, whole: false)
                let store = CountingStore(try bench.store())
                let appended = try await bench.writer(store).append(.saying("one more"))
                #expect(appended.index == size)
                try appended.proof.verify([bench.key.publicKey])
                counts.append(store.counts)
            }
        }
        #expect(counts[0].writes == counts[1].writes && counts[0].lists == 0 && counts[1].lists == 0)
        // The larger tree has a level more: its last tiles, and the newest hash of each.
        #expect(counts[1].reads - counts[0].reads <= 3, "\(counts)")
        #expect(counts[1].bytesRead < counts[0].bytesRead + 3 * 8192, "\(counts)")
        #expect(abs(counts[1].bytesWritten - counts[0].bytesWritten) < 8192, "\(counts)")
        if Self.place != nil { print("reads and writes of an entry: \(small) \(counts[0]), \(large) \(counts[1])") }
    }

    /// Where tools/bench-ledger.sh wants its logs.
    private static let place = ProcessInfo.processInfo.environment["PGASSAY_LARGE_LOG"]

    /// With a log that is made so an audit is as content as with one that was appended to.
    @Test func isWhole() async throws {
        let entries = ProcessInfo.processInfo.environment["PGASSAY_LARGE_LOG_ENTRIES"].flatMap { Int64($0) }
        for size in [700, entries].compactMap({ $0 }) {
            try await LedgerBench.with { bench in
                let isWanted = size == entries
                let directory = isWanted ? FilePath(Self.place!) : bench.directory
                let bench = LedgerBench(directory: directory, key: bench.key)
                try await LargeLog(size, bench.key).write(to: bench.ledger, whole: true)
                if isWanted {
                    try Data(bench.key.pem.utf8).write(to: URL(filePath: directory.appending("signing-key.pem").string))
                    try Data(bench.key.publicKey.pem.utf8).write(
                        to: URL(filePath: directory.appending("public-key.pem").string))
                } else {
                    try await bench.append(2)
                    let audit = try await bench.audit()
                    #expect(audit.isGood && audit.entries.count == 702, "\(audit.remarks)")
                }
            }
        }
    }
}
