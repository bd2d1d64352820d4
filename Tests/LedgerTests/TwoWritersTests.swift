import AWS
import Evidence
import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Ledger

@Suite struct TwoWritersTests {
    @Test("Of many writers at once none loses an entry, and none signs a checkpoint that is not the log's")
    func inADirectory() async throws {
        try await LedgerBench.with { bench in
            let appended = try await withThrowingTaskGroup(of: [AppendedEntry].self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var appended: [AppendedEntry] = []
                        for number in 0..<6 {
                            appended.append(try await bench.writer().append(.saying("\(writer) \(number)")))
                        }
                        return appended
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(appended.map(\.index).sorted() == Array(0..<48))
            #expect(Set(appended.map(\.origin)).count == 1, "one of them made the log")
            let audit = try await bench.audit()
            #expect(audit.remarks == [])
            #expect(audit.entries.count == 48)
            for entry in appended { #expect(audit.entries[Int(entry.index)].bytes == entry.proof.entry.bytes) }
            #expect(try await bench.verifyByGo().exitCode == 0)
        }
    }

    @Test("In a bucket, a writer that another one overtook comes next")
    func inABucket() async throws {
        try await ObjectServer.moto { server in
            try await server.makeBucket("ledger-of-two")
            let tool = try AWSTool(environment: server.environment)
            let store = S3Store(bucket: "ledger-of-two", prefix: "a/ledger", tool: tool)
            let key = SigningKey.generate()
            let appended = try await withThrowingTaskGroup(of: AppendedEntry.self) { group in
                for writer in 0..<3 {
                    group.addTask {
                        try await LogWriter(store, signer: key, patience: .seconds(600)).append(.saying("\(writer)"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(appended.map(\.index).sorted() == [0, 1, 2])
            for entry in appended { try entry.proof.verify([key.publicKey]) }
            try await withTemporaryDirectory { directory in
                let copy = try await store.copy(to: directory)
                let audit = try await LogReader(copy).audit(AuditRequest(keys: [key.publicKey], reports: nil))
                #expect(audit.remarks == [])
                #expect(Set(audit.entries.compactMap(\.entry.text)) == ["0", "1", "2"])
            }
        }
    }

    @Test("Whoever never comes first gives up, and says so")
    func neverFirst() async throws {
        try await LedgerBench.with { bench in
            try await bench.append(1)
            let writer = LogWriter(RefusingStore(try bench.store()), signer: bench.key, patience: .milliseconds(200))
            await #expect(throws: LedgerError.busy(location: bench.ledger.string, seconds: 0.2)) {
                try await writer.append(.saying("x"))
            }
            #expect(try await bench.audit().entries.count == 1)
        }
    }
}

/// A store that answers 412 to whoever replaces the head.
private struct RefusingStore: FileStore {
    private let store: DirectoryStore

    init(_ store: DirectoryStore) { self.store = store }

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
        if name == LogHead.name { throw .changed(name: name, location: location) }
        try await store.replace(name, with: bytes, over: previous)
    }
}
