import AWS
import PlanKeys
import SystemPackage

/// Why a snapshot was not restored, or cannot be drilled. These errors say nothing about the snapshot itself.
package enum SnapshotError: Error, Sendable, Equatable, CustomStringConvertible {
    case noTool(String)
    /// There is no such snapshot, or none at all.
    case nothingThere(String)
    case noPasswordFile(FilePath)
    /// The service refused, or could not be reached.
    case failed(doing: String, reason: String)
    case unanswered(doing: String, seconds: Double)
    /// The service began to create something and gave up.
    case gaveUp(String, status: String)
    case notInTime(String, status: String, seconds: Double)
    /// The created instance can be reached by everybody.
    case isPublic(String)
    case noEndpoint(String)
    case cannotConnect(address: String, seconds: Double, reason: String)
    /// The server that answers at an address has run for longer than the restored one can have run.
    case otherServer(address: String, began: String)
    case timeToLiveOver(seconds: Double)
    case stillThere(seconds: Double)

    package var description: String {
        switch self {
        case .noTool(let words), .nothingThere(let words): words
        case .noPasswordFile(let path):
            "There is no password file \(path), or it cannot be read: correct \(PlanKey.backupSnapshotPasswordFile) of the plan."
        case .failed(let doing, let reason): "AWS did not \(doing): \(reason)"
        case .unanswered(let doing, let seconds):
            """
            AWS gave no answer when asked to \(doing): aws was stopped after \(Int(seconds)) s each time. Look at the network and \
            the region; if it needs longer, raise \(PlanKey.backupSnapshotPatience) of the plan.
            """
        case .gaveUp(let name, let status):
            "AWS gave up \(name): its status is \(status). Its events say why: aws rds describe-events."
        case .notInTime(let name, let status, let seconds):
            """
            \(name) was not there after \(Int(seconds)) s, the deadline; its status was \(status). If it needs longer, raise \
            \(PlanKey.limitsRestore) of the plan.
            """
        case .isPublic(let name):
            "\(name) can be reached from the internet, although it was ordered not to be. It is deleted."
        case .noEndpoint(let name):
            "\(name) is there and has no endpoint. Name one in \(PlanKey.backupSnapshotAddress) of the plan."
        case .cannotConnect(let address, let seconds, let reason):
            """
            Nobody could connect to \(address) for \(Int(seconds)) s: \(reason). Look at the security groups, the subnet and the \
            tunnel; if it needs longer, raise \(PlanKey.limitsStart) of the plan.
            """
        case .otherServer(let address, let began):
            """
            What answers at \(address) is not what was restored: it runs since \(began), from before that was ordered. Correct the \
            tunnel, or \(PlanKey.backupSnapshotAddress) of the plan. Nothing was asked of it.
            """
        case .timeToLiveOver(let seconds):
            """
            The drill took longer than \(Int(seconds)) s, the time to live of what it made. If it needs longer, raise \
            \(PlanKey.backupSnapshotTimeToLive) of the plan.
            """
        case .stillThere(let seconds):
            "it is still there after \(Int(seconds)) s, the deadline (\(PlanKey.limitsRemove) of the plan)"
        }
    }
}

/// Converts an error of a call to AWS to an error of a drill; other errors are returned unchanged.
func snapshotError(_ error: any Error, doing: String, patience: Duration) -> any Error {
    switch error {
    case let failure as AWSFailure:
        failure.timedOut
            ? SnapshotError.unanswered(doing: doing, seconds: patience / .seconds(1))
            : SnapshotError.failed(doing: doing, reason: failure.words)
    case let error as RDSAnswerError: SnapshotError.failed(doing: doing, reason: error.description)
    default: error
    }
}
