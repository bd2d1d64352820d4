import Evidence
import Findings
import Storage

/// An export whose slices are written and proven, and that no manifest names yet.
package struct ExportDraft: Sendable {
    let request: ExportRequest
    let store: any ExportStore
    let workspace: ExportWorkspace
    /// The bytes of the manifest that was there; nil where nothing was.
    let manifestBefore: [UInt8]?
    /// What they say.
    let previous: ExportManifest?
    /// The tables that were asked for.
    let tables: [SourceTable]
    /// The slices that the manifest is to name besides those that it names already.
    let entries: [JournalEntry]
    let findings: [Finding]
}

/// What came of an export.
package struct ExportResult: Sendable {
    package let manifest: ExportManifest
    /// The bytes that were signed and stored; nil where there was nothing to sign.
    package let statement: [UInt8]?
    /// The directory or bucket, for people.
    package let location: String
    /// One for each slice that was looked at.
    package let findings: [Finding]
    /// How many slices this run has added.
    package let added: Int

    /// An export that found no cold row has looked, and is done.
    package var judgement: Judgement {
        findings.isEmpty ? Judgement(verdict: .passed, cause: nil) : Judgement(findings)
    }
}
