import Crypto
import Files
import Findings
import Foundation
import Scratch
import Synchronization
import SystemPackage

/// Writes one object to a file, decrypted if there is a command for that, and computes its digest on the way.
/// - Parameters:
///   - name: of the object. The file is named after it, without the ending that encryption added.
///   - source: passes on the bytes of the object.
/// - Throws: ``FetchError``, `Errno`; what `source` throws.
func fetchObject(
    as name: String, in place: Workspace, size: Int64, decryption: Decryption?, deadline: Duration,
    emit: @escaping FetchEventSink,
    from source: @escaping @Sendable (_ body: ([UInt8]) async throws -> Void) async throws -> Void
) async throws -> FetchedBackup {
    let passing = Mutex(PassingBytes())
    let look: @Sendable ([UInt8]) -> Void = { bytes in
        let done = passing.withLock {
            $0.add(bytes)
            return $0.count
        }
        emit(.progress(done: done, total: size))
    }
    let path = place.path.appending(plainName(of: name, isEncrypted: decryption != nil))
    let file = try NewFile(path, owner: place.fence.account.owner)
    if let decryption {
        try await decryption.perform(
            in: place, deadline: deadline,
            source: { write in
                try await source { bytes in
                    look(bytes)
                    try await write(bytes)
                }
            }, sink: { try file.write($0) })
    } else {
        try await source { bytes in
            look(bytes)
            try file.write(bytes)
        }
    }
    let (sha256, bytes) = passing.withLock { ($0.sha256, $0.count) }
    return FetchedBackup(path: path, sha256: sha256, bytes: bytes)
}

private func plainName(of name: String, isEncrypted: Bool) -> String {
    let last = name.split(separator: "/").last.map(String.init) ?? "backup"
    // Files of the scratch directory itself have other prefixes. The name must not be hidden or lead elsewhere.
    let safe = last == ".." || last == "." || last.isEmpty ? "backup" : last
    guard isEncrypted, let ending = [".age", ".gpg", ".pgp", ".asc", ".enc"].first(where: { safe.hasSuffix($0) }),
        safe.count > ending.count
    else { return "fetched-\(safe)" }
    return "fetched-\(safe.dropLast(ending.count))"
}

/// Counts and digests bytes as they go by.
private struct PassingBytes {
    private(set) var count: Int64 = 0
    private var hash = SHA256()

    mutating func add(_ piece: [UInt8]) {
        hash.update(data: piece)
        count += Int64(piece.count)
    }

    var sha256: String { Hex.encode(hash.finalize()) }
}
