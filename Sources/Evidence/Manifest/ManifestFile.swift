import Evidence
import Files
import SystemPackage

/// The manifest as a file beside its backup.
package enum ManifestFile {
    package static let nameEnd = ".manifest.json"
    /// The largest file that is read or written, in bytes. A manifest of ten thousand tables takes about 100 MB.
    package static let largest = 192 << 20

    /// Where the manifest of a backup is.
    package static func path(beside backup: FilePath) -> FilePath { FilePath(backup.string + nameEnd) }

    /// Whether a file is the manifest of another one beside it, by their names.
    package static func isManifest(_ path: FilePath) -> Bool {
        path.string.hasSuffix(nameEnd) && Files.exists(FilePath(String(path.string.dropLast(nameEnd.count))))
    }

    /// Reads a manifest that is believed.
    /// - Parameters:
    ///   - keys: of whoever must have signed it, at a time at which the key counted; nil believes one that never had a signature.
    ///   - isOwnKey: whether they are the caller's own, which nobody named for this.
    /// - Throws: ``RefusedManifest``.
    package static func read(
        _ file: FilePath, signedBy keys: [KeyRing.Key]?, isOwnKey: Bool = false
    ) throws(RefusedManifest) -> StoredManifest {
        do throws(VerificationError) {
            let bytes = try Envelope.bytes(of: file, limit: largest, words: SourceManifest.words)
            guard let keys else { return StoredManifest(file: file, statement: try unsigned(bytes, file)) }
            return StoredManifest(
                file: file,
                statement: try InTotoStatement.open(bytes, name: file.string, keys) { $0.predicate.source.taken }
                    .statement)
        } catch {
            throw RefusedManifest(error, hasKey: keys != nil, isOwnKey: isOwnKey)
        }
    }

    /// A manifest that never had a signature, and that agrees with itself.
    private static func unsigned(
        _ bytes: [UInt8], _ file: FilePath
    ) throws(VerificationError) -> InTotoStatement<SourceManifest> {
        let read = try UnverifiedStatement<SourceManifest>(bytes, name: file.string)
        guard !read.isSigned else {
            throw VerificationError(
                file: file, problem: .wrongKey(signedBy: read.claimedKeyIDs, given: "none"), words: SourceManifest.words
            )
        }
        return try read.neverSigned(name: file.string)
    }
}

/// A manifest that was read and is believed.
package struct StoredManifest: Sendable, Equatable {
    package let file: FilePath
    let statement: InTotoStatement<SourceManifest>

    package var manifest: SourceManifest { statement.predicate }
    /// Of the backup that it was taken with, as a report has it.
    package var backupDigest: [String: String] { statement.subject.first?.digest ?? [:] }
}

/// A manifest that is there and is not used, why, and what to do. A person must decide: what is passed over proves nothing.
package struct RefusedManifest: Error, Sendable, Equatable, CustomStringConvertible {
    package let file: String
    private let reason: String
    private let remedy: String

    init(_ error: VerificationError, hasKey: Bool, isOwnKey: Bool) {
        file = error.name
        switch error.problem {
        case .wrongKey(let signedBy, _) where !hasKey:
            reason =
                "\(error.name) is signed by key \(firstKeys(signedBy)), and nobody named a key to verify it with."
            remedy = Self.nameKey
        case .wrongKey(let signedBy, let own) where isOwnKey:
            reason =
                "\(error.name) is signed by key \(firstKeys(signedBy)). Only the key that signs here, \(own), is trusted unless another is named."
            remedy = Self.nameKey
        case .unsigned:
            reason = "\(error.name) is not signed: anyone could have written it."
            remedy =
                "Capture with --signing-key; or run this with --unsigned and without a key, which compares the dump with it all the same."
        default:
            reason = error.description
            remedy = "To go on without a manifest, move this file away; nothing then shows what the dump has lost."
        }
    }

    /// Of a manifest that was taken with another backup.
    package init(_ manifest: StoredManifest, isOfAnother difference: String) {
        file = manifest.file.string
        reason = "\(manifest.file) is the manifest of another backup: \(difference)."
        remedy = "Put the manifest of this one beside it, or name it with --manifest; or move the file away."
    }

    private static let nameKey =
        "Name the public key of whoever captured with --public-key, from a source that you trust."

    package var description: String { "\(reason) \(remedy)" }
}

private func firstKeys(_ keys: [String]) -> String {
    keys.isEmpty ? "(none is named)" : keys.prefix(3).map { String($0.prefix(100)) }.joined(separator: ", ")
}
