import Backup
import Checks
import Files
import Findings
import Manifest
import PlanKeys
import SystemPackage

/// Reads the manifest of the backup that is drilled.
/// - Returns: nil if none was named and none is beside the backup.
/// - Throws: ``Manifest/RefusedManifest``: one that is there is never passed over.
func readManifest(of drill: DrillContext) throws -> StoredManifest? {
    let choice = drill.request.manifest
    guard let file = choice.file ?? manifestBeside(drill.request.backup) else { return nil }
    let manifest = try ManifestFile.read(file, signedBy: choice.keys, isOwnKey: choice.isOwnKey)
    drill.emit(.note("manifest \(file), taken at the source"))
    return manifest
}

private func manifestBeside(_ backup: FoundBackup) -> FilePath? {
    guard case .files(let path) = backup.origin else { return nil }
    let file = ManifestFile.path(beside: path)
    return Files.exists(file) ? file : nil
}

extension StoredManifest {
    /// Whether the backup is byte for byte the one that it was taken with, and what it says of rows.
    func findings(_ digest: [String: String]) -> [Finding] {
        func words(_ digest: [String: String]) -> String {
            digest.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
        }
        let isSame = digest == backupDigest
        var finding = Finding(
            id: .archive, subject: "manifest", status: isSame ? .passed : .failed, basis: .manifest,
            expected: words(backupDigest), observed: words(digest))
        if !isSame {
            finding.reason =
                "the backup is not the one that \(file) was taken with: it was changed after it was made, or the manifest is of another one"
            finding.cause = .backup
        } else if !manifest.signed {
            finding.reason = "the manifest has no signature: anyone could have written it"
        }
        guard manifest.scope == .baseBackup else { return [finding] }
        return [
            finding,
            Finding(
                id: .content, subject: "database", status: .notRun, basis: .manifest,
                reason:
                    "a base backup has no moment that can be looked at at the source, so its manifest has no digests of rows"
            ),
        ]
    }

    /// - Parameter digest: empty if it is not known yet.
    /// - Throws: ``Manifest/RefusedManifest`` if the backup says of itself that it is another one than the manifest is of.
    func requireSame(_ backup: any BackupKind, _ digest: [String: String]) throws(RefusedManifest) {
        guard digest != backupDigest else { return }
        let isDump = backup.description.kind == "dump"
        guard isDump == (manifest.scope == .dump) else {
            throw RefusedManifest(
                self,
                isOfAnother: isDump ? "it is of a base backup, and this is a dump" : "it is of a dump, and this is none"
            )
        }
        // Globals beside it do not make it another dump.
        let backup = (backup as? DumpSet)?.single ?? backup
        let inside = (backup as? WrappedDump)?.wrapper.header
        guard let header = inside ?? (backup as? DumpBackup)?.dump.contents?.header, let dump = manifest.dump else {
            return
        }
        let created = header.created.description
        if let database = header.databaseName, !database.utf8.elementsEqual(manifest.source.database.utf8) {
            throw RefusedManifest(
                self, isOfAnother: "it is of the database \(manifest.source.database), and this dump is of \(database)")
        }
        if let wanted = dump.created, wanted != created {
            throw RefusedManifest(
                self, isOfAnother: "the dump that it was taken with was begun at \(wanted), and this one at \(created)")
        }
    }
}

extension DrillContext {
    /// Says whether the backup is the one that a manifest was taken with, as soon as its digest is known.
    /// - Throws: ``Manifest/RefusedManifest`` if it is certainly another one.
    func hold(_ backup: any BackupKind, against manifest: StoredManifest?) throws(RefusedManifest) {
        guard let manifest else {
            if plan.manifest.isRequired { add([.missingManifest]) }
            return
        }
        let digest = record.current.digest
        try manifest.requireSame(backup, digest)
        record.update { $0.manifest = manifest }
        if !digest.isEmpty { add(manifest.findings(digest)) }
    }
}

extension Finding {
    /// The plan demands a manifest, and there is none.
    fileprivate static var missingManifest: Finding {
        Finding(
            id: .archive, subject: "manifest", status: .failed, basis: .plan, expected: "a manifest of pgassay capture",
            observed: "none",
            reason: """
                \(PlanKey.manifestRequired) demands one, and none lies beside the backup: take the next backup with pgassay capture, or name \
                the manifest with --manifest if it lies elsewhere
                """,
            cause: Basis.plan.fault)
    }
}
