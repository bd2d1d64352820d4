import Evidence
import Storage

extension ExportManifest: StatementPredicate {
    package static let words = DocumentNames(
        name: "manifest", fullName: "the manifest of an export",
        file: "The manifest of an export is the file \(fileName) in it.",
        howToSign: "Export with --signing-key for evidence.")
    package static let signedField = "predicate.signed"

    /// Every file with its SHA-256, in the order of the manifest.
    package var subjects: [ResourceDescriptor] {
        tables.flatMap(\.slices).flatMap(\.parts).map {
            ResourceDescriptor(name: $0.file, digest: ["sha256": $0.sha256])
        }
    }

    /// The statement that is signed.
    package var statement: InTotoStatement<ExportManifest> { InTotoStatement(subject: subjects, predicate: self) }
}

/// The manifest as a file of a store.
package enum ManifestFile {
    package static let name = ExportManifest.fileName

    /// - Returns: the bytes, not verified in any way; nil if there is no manifest.
    package static func bytes(in store: some ExportStore) async throws(StoreError) -> [UInt8]? {
        try await store.contents(of: name, limit: Envelope.maximumSize)
    }

    private static func path(in store: some ExportStore) -> String {
        store.location.hasSuffix("/") ? store.location + name : "\(store.location)/\(name)"
    }

    /// Reads the manifest and verifies that the holder of the key signed it. It does not contradict itself, so its
    /// names stay within the store.
    /// - Returns: nil if there is no manifest.
    /// - Throws: ``StoreError``, `VerificationError`.
    package static func read(from store: some ExportStore, publicKey: PublicKey) async throws -> ExportManifest? {
        guard let bytes = try await bytes(in: store) else { return nil }
        return try open(bytes, of: store, publicKey: publicKey)
    }

    /// Reads the bytes of a manifest and verifies that the holder of the key signed it.
    /// - Throws: `VerificationError`.
    static func open(_ bytes: [UInt8], of store: some ExportStore, publicKey: PublicKey) throws -> ExportManifest {
        try InTotoStatement(opening: bytes, name: path(in: store), publicKey: publicKey).predicate
    }

    /// Reads the bytes of a manifest and verifies that the holder of one of some keys signed it, at a time at which the key counted.
    /// - Throws: `VerificationError`.
    static func open(
        _ bytes: [UInt8], of store: some ExportStore, _ keys: [KeyRing.Key]
    ) throws(VerificationError) -> (manifest: ExportManifest, key: KeyRing.Key) {
        let opened = try InTotoStatement<ExportManifest>.open(bytes, name: path(in: store), keys) {
            $0.predicate.updated
        }
        return (opened.statement.predicate, opened.key)
    }

    /// Reads the bytes of a manifest without a key. Nothing proves what it says; but it does not contradict itself, so its
    /// names stay within the store.
    /// - Throws: `VerificationError`.
    static func openUnverified(
        _ bytes: [UInt8], of store: some ExportStore
    ) throws -> UnverifiedStatement<ExportManifest> {
        let name = path(in: store)
        let read = try UnverifiedStatement<ExportManifest>(bytes, name: name)
        let contradictions = read.statement.contradictions()
        guard contradictions.isEmpty else {
            throw VerificationError(name: name, problem: .impossible(contradictions), words: ExportManifest.words)
        }
        return read
    }

    /// Writes the manifest in place of the one that was read.
    /// - Parameters:
    ///   - previous: the bytes of the manifest that was read; nil if there was none.
    ///   - signer: nil for an unsigned manifest, which must say that it is unsigned.
    /// - Returns: the bytes that were written.
    /// - Throws: ``StoreError``, ``StoreError/changed(name:location:)`` if another manifest was written in the
    ///   meantime; `StatementError` for a manifest that contradicts itself or that the signer does not sign: nothing is
    ///   written then.
    @discardableResult
    package static func write(
        _ manifest: ExportManifest, over previous: [UInt8]?, signer: (any Signer)?, to store: some ExportStore
    ) async throws -> [UInt8] {
        let bytes = try await manifest.statement.sealed(signer: signer)
        try await store.replace(name, with: bytes, over: previous)
        return bytes
    }
}
