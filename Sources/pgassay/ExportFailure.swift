import ColdTier
import Drill
import Evidence

/// What ended an export, a verification or an import, as an exit code.
enum ExportFailure {
    static func failure(of error: any Error) -> any Error {
        switch error {
        case is CancellationError: ExitStatus.interrupted
        case let error as Failure: error
        case let error as ExportError: Failure(error.isMistake ? .wrongCommand : .couldNotTell, error)
        case is ImportError, is MissingManifest, is SignedManifest: Failure(.wrongCommand, "\(error)")
        case StoreError.badLocation, StoreError.exists: Failure(.wrongCommand, "\(error)")
        case StoreError.cancelled: ExitStatus.interrupted
        // Not what its signer wrote: that is an answer.
        case is VerificationError: Failure(.failed, error)
        case let unstored as UnstoredReport:
            Failure(
                .couldNotTell, "the drill's report could not be stored, so nothing was exported: \(unstored.reason)")
        default: Failure(.couldNotTell, error)
        }
    }
}
