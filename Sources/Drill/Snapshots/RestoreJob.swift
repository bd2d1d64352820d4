import AWS
import Foundation

/// A job of AWS Backup that has restored a recovery point (AWS Backup API, "DescribeRestoreJob").
package struct RestoreJob: Sendable, Equatable, Decodable {
    package let id: String
    /// `COMPLETED` when it has ended well.
    package let status: String
    package let statusMessage: String?
    /// The ARN of what was restored.
    package let recoveryPoint: String?
    /// The ARN of what was made; nil while there is none.
    package let resource: String?
    /// The ARN of the restore testing plan that started it; nil if a person or something else did.
    package let testingPlan: String?
    private let created: Time?
    private let completed: Time?

    /// When it began, by the clock of AWS.
    package var began: Date? { created?.date }

    /// How long it took, in seconds; nil if that is not known.
    package var seconds: Double? { completed.flatMap { end in began.map { end.date.timeIntervalSince($0) } } }

    /// Version 1 of the tool prints seconds since 1970, version 2 ISO 8601.
    private struct Time: Equatable, Decodable {
        let date: Date

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let seconds = try? container.decode(Double.self) {
                date = Date(timeIntervalSince1970: seconds)
                return
            }
            let text = try container.decode(String.self)
            date =
                try (try? Date(text, strategy: .iso8601.time(includingFractionalSeconds: true)))
                ?? Date(text, strategy: .iso8601)
        }
    }
}

/// The service that makes and restores backups of others (AWS Backup), asked through the `aws` tool.
package struct AWSBackup: Sendable {
    package let tool: AWSTool
    /// Of an answer about one job.
    private static let largestAnswer = 1 << 20

    package init(tool: AWSTool) { self.tool = tool }

    /// - Throws: ``AWSFailure``, ``RDSAnswerError``, `CancellationError`; errors of starting the tool.
    package func restoreJob(_ id: String) async throws -> RestoreJob {
        let fields = [
            "id:RestoreJobId", "status:Status", "statusMessage:StatusMessage", "recoveryPoint:RecoveryPointArn",
            "resource:CreatedResourceArn", "testingPlan:CreatedBy.RestoreTestingPlanArn", "created:CreationDate",
            "completed:CompletionDate",
        ]
        return try await tool.decoded(
            ["backup", "describe-restore-job", "--restore-job-id=\(id)"],
            query: "{\(fields.joined(separator: ","))}", limit: Self.largestAnswer)
    }

    /// Tells what came of the validation of a restored resource (AWS Backup API, "PutRestoreValidationResult").
    /// - Throws: ``AWSFailure``, `CancellationError`; errors of starting the tool.
    package func put(_ result: RestoreValidation, of job: String) async throws {
        _ = try await tool.run([
            "backup", "put-restore-validation-result", "--restore-job-id=\(job)",
            "--validation-status=\(result.status.rawValue)", "--validation-status-message=\(result.message)",
        ])
    }
}

/// What a validation came to, as AWS Backup takes it.
package struct RestoreValidation: Sendable, Equatable {
    /// Those of its four words that a drill can stand for.
    package enum Status: String, Sendable {
        case successful = "SUCCESSFUL"
        case failed = "FAILED"
        /// There is no result yet: another drill may give one.
        case validating = "VALIDATING"
    }

    package let status: Status
    /// For people.
    package let message: String

    package init(_ status: Status, _ message: String) { (self.status, self.message) = (status, message) }
}
