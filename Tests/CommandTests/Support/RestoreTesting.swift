import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// AWS Backup as far as restore testing needs it, in front of ``Cloud``: moto has neither of the two calls.
struct RestoreTesting: Sendable {
    let cloud: Cloud
    let directory: FilePath
    private let endpoint: String

    /// As an EventBridge rule hands it on.
    static let job = "0A1B2C3D-0000-4000-8000-123456789ABC"
    static let restored = "awsbackup-restore-test-5e1f"

    /// Runs a test with a snapshot that a job has restored.
    /// - Parameter tags: of the restored instance.
    static func with(
        tags: [String: String] = ["awsbackup-restore-test": "weekly"], _ body: (RestoreTesting) async throws -> Void
    ) async throws {
        try await Cloud.with(snapshots: ["saturday", "sunday"]) { cloud in
            let directory = cloud.desk.root.appending("jobs")
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
            let server = try Program(ObjectServer.tools.appending("python")).start(
                [script.string, directory.string], in: directory, environment: ["PATH": "/usr/bin:/bin"])
            try #require(try await server.says("Running on http://127.0.0.1:"))
            let match = try #require(server.errorsSoFar.firstMatch(of: /Running on (http:[^\s]+)/))
            try await cloud.makeInstance(restored, tags: tags)
            try await body(RestoreTesting(cloud: cloud, directory: directory, endpoint: String(match.1)))
            server.send(SIGKILL)
            _ = try await server.outcome()
        }
    }

    private static let script = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("restore_jobs.py")

    var environment: [String: String] { ["AWS_ENDPOINT_URL_BACKUP": endpoint] }

    /// The job, as the service describes it.
    /// - Parameters:
    ///   - snapshot: of ``Cloud`` that it has restored.
    ///   - began: before now, in seconds.
    ///   - more: replaces or adds; a value of nil is not there.
    func makeJob(of snapshot: String = "saturday", began: Double = 600, _ more: [String: String?] = [:]) throws {
        let now = Date().timeIntervalSince1970
        let place = "arn:aws:rds:eu-central-1:\(cloud.account)"
        var job: [String: Any] = [
            "RestoreJobId": Self.job, "Status": "COMPLETED", "ResourceType": "RDS",
            "RecoveryPointArn": "\(place):snapshot:\(snapshot)", "CreatedResourceArn": "\(place):db:\(Self.restored)",
            "CreatedBy": [
                "RestoreTestingPlanArn":
                    "arn:aws:backup:eu-central-1:\(cloud.account):restore-testing-plan:weekly-5e1f"
            ], "CreationDate": now - began, "CompletionDate": now - began + 420,
        ]
        for (key, value) in more { job[key] = value }
        try JSONSerialization.data(withJSONObject: job)
            .write(to: URL(filePath: directory.appending("\(Self.job).json").string))
    }

    /// Refuses every result from now on.
    func refuse() throws { try Data().write(to: URL(filePath: directory.appending("refuse").string)) }

    struct Result: Decodable {
        let status: String
        let message: String

        /// As AWS Backup names them.
        private enum CodingKeys: String, CodingKey {
            case status = "ValidationStatus"
            case message = "ValidationStatusMessage"
        }
    }

    /// What was told of the job, in order.
    func results() throws -> [Result] {
        guard let data = FileManager.default.contents(atPath: directory.appending("\(Self.job).results").string) else {
            return []
        }
        return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Result.self, from: $0) }
    }

    func drill(_ plan: FilePath, _ more: [String] = []) async throws -> Drilled {
        try await cloud.drill(plan, ["--restore-job", Self.job] + more, environment: environment)
    }
}
