import Files
import Foundation
import Storage
import SystemPackage

/// Runs `body` with a ledger whose files are on this machine. Those of a bucket are copied, all at once, into a directory that is removed
/// afterwards: an audit reads thousands of small files.
/// - Throws: ``LedgerError``; what `body` throws.
package func withFiles<Value>(
    of location: StoreLocation, _ body: (LogReader) async throws -> Value
) async throws -> Value {
    guard case .s3 = location else { return try await body(LogReader(of: location)) }
    let directory = FilePath(FileManager.default.temporaryDirectory.path)
        .appending("pgassay-ledger-\(UUID().uuidString)")
    do {
        try Files.createDirectory(directory, mode: 0o700)
        // They are only copies, so it does no harm if they cannot be removed.
        defer { try? FileManager.default.removeItem(atPath: directory.string) }
        guard let bucket = try location.open() as? S3Store else { throw LedgerError.missing(location: location.words) }
        // Read before the others: all that this checkpoint needs is there by then, whoever writes meanwhile.
        let newest = try await bucket.contents(of: LogFiles.checkpoint, limit: Checkpoint.largest)
        let copy = try await bucket.copy(to: directory)
        if let newest { try copy.replace(LogFiles.checkpoint, with: newest) }
        return try await body(LogReader(LogFiles(store: copy, location: location.words)))
    } catch let error as StoreError {
        throw LedgerError.store(error)
    }
}
