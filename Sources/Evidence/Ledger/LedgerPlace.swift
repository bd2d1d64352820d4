import Evidence
import Files
import FoundationEssentials
import Storage
import SystemPackage

/// Where a ledger is, and who signs it.
package struct LedgerPlace: Sendable {
    package let location: StoreLocation
    package let signer: any Signer
    /// The signer's keys: the one that signs now, and those before it, each at its time.
    package let ring: KeyRing
    /// The directory of reports whose proofs the ledger must keep; nil where there is none.
    package let reports: FilePath?
    /// How long an entry may take. Nothing waits longer for the ledger.
    package let deadline: Duration

    /// The name of the directory below the reports.
    package static let directory = "ledger"
    /// How many of the proofs beside reports are read for an entry: however many drills there were, it costs the same.
    private static let mostProofsRead = 16
    /// Of one request to a bucket.
    private static let patience = Duration.seconds(300)

    /// - Parameter ring: nil if there is no history of the keys.
    package init(
        _ location: StoreLocation, signer: any Signer, ring: KeyRing? = nil, reports: FilePath? = nil,
        deadline: Duration = .seconds(600)
    ) {
        self.location = location
        self.signer = signer
        self.ring = ring ?? KeyRing(operators: [signer.publicKey])
        self.reports = reports
        self.deadline = deadline
    }

    /// Keys that may have signed what is there.
    package var keys: [PublicKey] { [signer.publicKey] + others }
    private var others: [PublicKey] { ring.operators.filter { $0 != signer.publicKey } }

    /// Where it is unless somebody names another place.
    package static func `default`(of reports: FilePath) -> StoreLocation { .directory(reports.appending(directory)) }

    /// Appends an entry. It is not interrupted.
    /// - Throws: ``LedgerError``, ``Files/FileError``.
    package func append(_ entry: LedgerEntry) async throws -> AppendedEntry {
        // A task of its own is not cancelled together with the drill.
        try await Task {
            try await within(deadline) {
                let known = try reports.map { reports in
                    try KnownProofs(in: reports, signedBy: keys, newest: Self.mostProofsRead)
                }
                return try await LogWriter(store(create: true), signer: signer, others: others)
                    .append(entry, known: known ?? KnownProofs())
            }
        }.value
    }

    /// Makes a log that goes on where another one ended, and says so in its first entry.
    /// - Throws: ``LedgerError``: `occupied` if a log is there already.
    package func start(after old: Checkpoint, reason: String) async throws -> AppendedEntry {
        let store = try store(create: true)
        guard try await LogFiles(store: store).isEmpty() else { throw LedgerError.occupied(location: location.words) }
        var entry = LedgerEntry(.note, time: Date())
        entry.previous = LedgerEntry.PreviousLog(origin: old.origin, size: old.size, root: old.root.base64)
        entry.text = reason
        return try await LogWriter(store, signer: signer).append(entry)
    }

    package func reader() throws(LedgerError) -> LogReader { LogReader(try store(create: false)) }

    private func store(create: Bool) throws(LedgerError) -> any FileStore {
        do {
            return try location.open(create: create, patience: Self.patience)
        } catch {
            throw .store(error)
        }
    }

    private func within<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: limit)
                throw LedgerError.tooSlow(location: location.words, seconds: limit / .seconds(1))
            }
            defer { group.cancelAll() }
            return try await group.next()!
        }
    }
}

extension LogReader {
    /// - Throws: ``LedgerError``: `missing` if there is no such directory.
    package init(of location: StoreLocation) throws(LedgerError) {
        if case .directory(let path) = location, !Files.exists(path) { throw .missing(location: path.string) }
        do {
            self.init(try location.open())
        } catch {
            throw .store(error)
        }
    }
}
