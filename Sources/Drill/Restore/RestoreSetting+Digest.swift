import Backup
import Findings

extension RestoreSetting {
    /// Begins a phase and runs `body`, which reads the backup and leaves the SHA-256 of its files in ``digests``, and reads then what is
    /// left of it. The digest is known before a server is started on the files.
    /// - Throws: what `body` throws; the digest is then not taken. ``Files/FileError``; `CancellationError`.
    func takingDigest<Result>(
        during phase: DrillPhase, _ emit: RestoreEventSink, _ body: () async throws -> Result
    ) async throws -> Result {
        if digests != nil { emit(.digesting) }
        emit(.phase(phase))
        guard let digests else { return try await body() }
        let result = try await body()
        emit(.digested(try await BackupDigest(of: digests) { _ in }))
        return result
    }

    /// The same for a `body` that does not read whole files: the digest is taken beside it. The second reader of a byte finds it in
    /// memory.
    func takingDigest(
        beside phase: DrillPhase, _ emit: RestoreEventSink, _ body: () throws -> Void
    ) async throws {
        if digests != nil { emit(.digesting) }
        emit(.phase(phase))
        guard let digests else { return try body() }
        async let digest = BackupDigest(of: digests) { _ in }
        let result = Result { try body() }
        emit(.digested(try await digest))
        try result.get()
    }
}
