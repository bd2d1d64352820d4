import Evidence
import Foundation
import Storage
import SystemPackage
import TestSupport

@testable import Ledger

/// A ledger in a directory that is removed after the test, and the key that signs it.
struct LedgerBench: Sendable {
    let directory: FilePath
    var key = SigningKey.generate()

    var ledger: FilePath { directory.appending("ledger") }

    static func with(_ body: (LedgerBench) async throws -> Void) async throws {
        try await withTemporaryDirectory { try await body(LedgerBench(directory: $0)) }
    }

    func store() throws -> DirectoryStore { try DirectoryStore(ledger, create: true) }

    func writer(_ store: (any FileStore)? = nil) throws -> LogWriter {
        LogWriter(try store ?? self.store(), signer: key)
    }

    func reader() throws -> LogReader { LogReader(try store()) }

    /// Appends notes that say their numbers.
    @discardableResult
    func append(_ count: Int) async throws -> [AppendedEntry] {
        var appended: [AppendedEntry] = []
        for number in 0..<count { appended.append(try await writer().append(.saying("note \(number)"))) }
        return appended
    }

    func audit(reports: FilePath? = nil, keys: [PublicKey]? = nil, now: Date = Date()) async throws -> LogAudit {
        try await reader().audit(AuditRequest(keys: keys ?? [key.publicKey], reports: reports, now: now))
    }

    /// What other people's programs say of it.
    func verifyByGo(_ proofs: [FilePath] = []) async throws -> Program.Outcome {
        let origin = try await reader().checkpoint(signedBy: nil).checkpoint.origin
        let verifier = try await GoVerifier.once.value
        return try await Program(verifier.program).run(
            [ledger.string, NoteKey(name: origin, key.publicKey).verifierKey] + proofs.map(\.string), in: directory,
            environment: [:])
    }

    // MARK: Files

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: ledger.appending(name).string)))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: ledger.appending(name).string))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: ledger.appending(name).string) }

    func copy(to other: FilePath) throws {
        try FileManager.default.copyItem(atPath: ledger.string, toPath: other.string)
    }
}

extension LedgerEntry {
    static func saying(_ text: String, _ time: Date = Date()) -> LedgerEntry {
        var entry = LedgerEntry(.note, time: time)
        entry.text = text
        return entry
    }
}

/// A program that a test needs does not do its work.
struct ToolFailed: Error, CustomStringConvertible { let description: String }

/// Verifier/main.go, built once.
struct GoVerifier: Sendable {
    let program: FilePath

    static let once = Once { () async throws -> GoVerifier in
        let source = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Verifier/main.go")
        let directory = TestDirectory.root.appending("pgassay-verifier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        let program = directory.appending("verifier")
        let outcome = try await Program("/usr/bin/go").run(
            ["build", "-o", program.string, source.string], in: directory,
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": directory.appending("cache").string,
                "PATH": "/usr/bin:/bin", "CGO_ENABLED": "0",
            ])
        guard outcome.exitCode == 0 else { throw ToolFailed(description: outcome.errors) }
        return GoVerifier(program: program)
    }
}
