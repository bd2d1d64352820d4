import Backup
import ColdTier
import Drill
import Evidence
import Processes
import Scratch
import Storage

/// Runs an export, a verification or an import: shows the progress, lets signals stop it, and turns the error that ends
/// it into a failure with its exit code.
/// - Throws: ``Failure``, ``ExitStatus/interrupted``.
func runColdTier<Result: Sendable>(
    onSignal: @escaping @Sendable () -> Void,
    _ body: @escaping @Sendable (@escaping DrillEventSink) async throws -> Result
) async throws -> Result {
    let progress = Progress()
    defer { progress.finish() }
    do {
        return try await cancellingOnSignals(onSignal: onSignal) { try await body { progress.show($0) } }
    } catch {
        throw failure(of: error)
    }
}

/// The failure, with its exit code, for the error that ended the run.
private func failure(of error: any Error) -> any Error {
    switch error {
    case is CancellationError: ExitStatus.interrupted
    case let error as Failure: error
    case let error as ExportError: Failure(error.isMistake ? .wrongCommand : .couldNotTell, error)
    case RewriteError.damaged: Failure(.failed, "\(error)")
    case let error as RewriteError: Failure(error.isMistake ? .wrongCommand : .couldNotTell, error)
    case GetError.damaged: Failure(.failed, "\(error)")
    case is any Mistake, is ImportError, is GetError, is MissingManifest, is SignedManifest:
        Failure(.wrongCommand, "\(error)")
    case StoreError.badLocation, StoreError.exists: Failure(.wrongCommand, "\(error)")
    case StoreError.cancelled: ExitStatus.interrupted
    // The export is not what its signer wrote. That is a result, and not a run that could not tell.
    case is VerificationError: Failure(.failed, error)
    case let unstored as UnstoredReport:
        Failure(
            .couldNotTell, "the drill's report could not be stored, so nothing was exported: \(unstored.reason)")
    default: Failure(.couldNotTell, error)
    }
}
