import Evidence
import Findings
import Storage

/// An export whose slices are written and proven, but are not yet named by a manifest.
package struct ExportDraft: Sendable {
    let request: ExportRequest
    let store: any ExportStore
    let workspace: ExportWorkspace
    /// The bytes of the manifest that was there before; nil if there was none.
    let manifestBefore: [UInt8]?
    /// The manifest decoded from ``manifestBefore``.
    let previous: ExportManifest?
    /// Whether another key has signed that manifest than the one that signs now.
    let takesOver: Bool
    /// The tables that were asked for.
    let tables: [SourceTable]
    /// The slices that the manifest must name in addition to those that it names already.
    let entries: [JournalEntry]
    let findings: [Finding]
}

/// The result of an export.
package struct ExportResult: Sendable {
    package let manifest: ExportManifest
    /// The bytes that were signed and stored; nil if there was nothing to sign.
    package let statement: [UInt8]?
    /// Of the signed manifest as it is stored, in lowercase hex; nil if there is none.
    package let sha256: String?
    /// The directory or bucket, for people.
    package let location: String
    /// One for each slice that was looked at.
    package let findings: [Finding]
    /// How many slices this run has added.
    package let added: Int
    /// Whether this run has changed the manifest.
    package let hasChanged: Bool

    /// An export that found no cold rows has passed: it looked, and there was nothing to export.
    package var judgement: Judgement {
        findings.isEmpty ? Judgement(verdict: .passed, cause: nil) : Judgement(findings)
    }
}
