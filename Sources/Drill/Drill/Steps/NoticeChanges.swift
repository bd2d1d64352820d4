import Archive
import Causes
import Files
import Findings
import SystemPackage

/// Runs the steps that read the backup. If its files change meanwhile, that becomes a finding, in the place of any
/// error of these steps: what is wrong with a backup that is still being written says nothing about it. The same holds if something is
/// wrong and a program still has a file of it open for writing; it may write seldom.
/// - Throws: what `body` throws, if the backup did not change or the drill was cancelled.
func noticingChanges(
    of backup: BackupAtHand, _ drill: DrillContext, _ body: () async throws -> Void
) async throws {
    if case .files(let here) = backup { drill.record.watch([here.tree], besides: here.workspace) }
    do {
        try await body()
    } catch {
        if let changed = error.changedPath { drill.noteChange(of: changed) }
        let changed = drill.noticesChange() || drill.noticesWriter()
        guard !Task.isCancelled, changed else { throw error }
    }
    if !drill.noticesChange(), drill.record.current.findings.contains(where: { $0.status == .failed }) {
        _ = drill.noticesWriter()
    }
}

extension DrillContext {
    /// Whether the backup has changed since it was opened; that is kept as a finding. A backup that cannot be looked at any more has
    /// changed too.
    func noticesChange() -> Bool {
        if let changed = record.current.trees.first(where: { (try? $0.hasChanged()) ?? true }) {
            noteChange(of: changed.path)
        }
        return record.current.hasChanged
    }

    /// Whether a program still has a file of the backup open for writing; that is kept as a finding.
    fileprivate func noticesWriter() -> Bool {
        let files = record.current.trees.lazy.flatMap(\.files)
        // A file that cannot be opened any more has changed, and was noticed before.
        guard let file = files.first(where: { (try? $0.isBeingWritten()) ?? false }) else { return false }
        noteChange(of: file.path, "a program still has it open for writing")
        return true
    }

    fileprivate func noteChange(
        of path: FilePath, _ observed: String = "its files changed during the drill"
    ) {
        guard !record.current.hasChanged else { return }
        record.update { $0.hasChanged = true }
        let rule = Causes.cause(of: .archiveChanged)
        add([
            Finding(
                id: .restore, subject: path.string, status: rule.status, basis: .rule, expected: "an unchanged backup",
                observed: observed, reason: rule.reason, cause: rule.cause)
        ])
    }
}

extension DrillRecord {
    /// Keeps opened places that belong to the backup, to see whether they change.
    /// - Parameter workspace: what was fetched into it is ours: no backup job writes to it, and we move files out of it.
    func watch(_ trees: [OpenTree], besides workspace: FilePath?) {
        let others = trees.filter { tree in !(workspace.map { tree.path.starts(with: $0) } ?? false) }
        update { state in state.trees += others.filter { tree in !state.trees.contains { $0 === tree } } }
    }
}

extension Finding {
    /// What a failure is worth if the backup changed meanwhile: nothing is known of either of its states.
    var ofChangedBackup: Finding {
        guard status == .failed, cause != .interrupted else { return self }
        let rule = Causes.cause(of: .archiveChanged)
        var finding = self
        finding.status = rule.status
        finding.cause = rule.cause
        let words = "the backup changed while it was drilled, so this says nothing of it"
        finding.reason = reason.map { "\(words): \($0)" } ?? words
        return finding
    }
}

extension Error {
    /// The file that changed, if that is the error.
    fileprivate var changedPath: FilePath? {
        switch self as any Error {
        case ArchiveError.changed(let path): path
        case let error as FileError where error.problem == .changed: error.path
        default: nil
        }
    }
}
