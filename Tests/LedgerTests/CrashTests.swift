import Evidence
import Foundation
import Storage
import Testing

@testable import Ledger

/// A writer may stop between any two of its writes, and the answer to any of them may be lost.
@Suite struct CrashTests {
    /// How many entries are there before: none, within a bundle, and where a bundle, and so a tile of level 1, becomes full.
    @Test(arguments: [0, 1, 3, 254, 255, 256], StoppingStore.Moment.allCases)
    func anywhere(_ count: Int, _ moment: StoppingStore.Moment) async throws {
        try await LedgerBench.with { origin in
            if count > 0 { try await origin.append(count) }
            var writes = 0
            while true {
                let bench = LedgerBench(directory: origin.directory.appending("\(writes)"), key: origin.key)
                try FileManager.default.createDirectory(
                    atPath: bench.directory.string, withIntermediateDirectories: false)
                if count > 0 { try origin.copy(to: bench.ledger) }
                let store = StoppingStore(try bench.store(), moment, writes)
                let confirmed: Bool
                do {
                    try await bench.writer(store).append(.saying("the one"))
                    confirmed = true
                } catch {
                    confirmed = false
                }
                // Whoever comes next.
                try await bench.writer().append(.saying("the next"))
                let audit = try await bench.audit()
                #expect(audit.isGood, "stopped \(moment) write \(writes): \(audit.remarks)")
                let texts = audit.entries.dropFirst(count).compactMap(\.entry.text)
                #expect(texts == ["the one", "the next"] || !confirmed && texts == ["the next"], "\(texts)")
                #expect(audit.remarks == [], "stopped \(moment) write \(writes)")
                #expect(try await bench.verifyByGo().exitCode == 0)
                if !store.isStopped { break }
                writes += 1
            }
            // The head, entries, a tile, a checkpoint and the newest checkpoint at least.
            #expect(writes >= 5)
        }
    }

    /// The entry is in the log, and its writer says so although the answer did not come.
    @Test func anAnswerThatIsLost() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(2)
            for error: StoreError in [
                .stalled(action: "write", name: "head", location: "here", seconds: 1),
                .changed(name: "head", location: "here"),
            ] {
                let before = try await bench.audit().entries.count
                let appended = try await bench.writer(LosingStore(bench.store(), error)).append(.saying("\(error)"))
                #expect(appended.index == Int64(before))
                let audit = try await bench.audit()
                #expect(audit.isGood)
                #expect(audit.entries.count == before + 1, "it is there once")
            }
        }
    }
}

/// A store that replaces the head, once, and does not say so.
private struct LosingStore: FileStore {
    private let store: DirectoryStore
    private let error: StoreError
    private let once = Counter()

    init(_ store: DirectoryStore, _ error: StoreError) {
        self.store = store
        self.error = error
    }

    var location: String { store.location }

    func list(_ prefix: String) async throws(StoreError) -> [StoredFile] { try store.list(prefix) }
    func contents(of name: String, limit: Int) async throws(StoreError) -> [UInt8]? {
        try store.contents(of: name, limit: limit)
    }
    func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws { try await store.read(name, body) }
    func read(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8] {
        try store.read(name, range: range)
    }
    func replace(_ name: String, with bytes: [UInt8]) async throws(StoreError) { try store.replace(name, with: bytes) }
    func replace(_ name: String, with bytes: [UInt8], over previous: [UInt8]?) async throws(StoreError) {
        try await store.replace(name, with: bytes, over: previous)
        if name == LogHead.name, once.isFirst { throw error }
    }
}
