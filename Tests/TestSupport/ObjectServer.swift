import Foundation
import Glibc
import SystemPackage

/// A server that speaks the interfaces of AWS, for one test: moto's, or one of our own that misbehaves.
package struct ObjectServer: Sendable {
    /// What a client needs to reach it.
    package let environment: [String: String]
    private let directory: FilePath

    /// Where the reference tools are: see tools/install-test-tools.sh.
    package static let tools: FilePath = {
        let python = ProcessInfo.processInfo.environment["PGASSAY_PYTHON"].map { FilePath($0) }
        let package = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        return python?.removingLastComponent() ?? package.appending(".venv/bin")
    }()

    private static var path: [String: String] { ["PATH": "\(tools):/usr/bin:/bin"] }

    /// Runs moto's server.
    /// - Parameter settings: of moto, by environment.
    package static func moto(
        settings: [String: String] = [:], _ body: (ObjectServer) async throws -> Void
    ) async throws {
        try await with(tools.appending("moto_server"), ["-H", "127.0.0.1", "-p", "0"], settings, body)
    }

    /// Runs a server that says where it listens as moto's does.
    package static func with(
        _ program: FilePath, _ arguments: [String], _ settings: [String: String],
        _ body: (ObjectServer) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let server = try Program(program).start(
                arguments, in: directory, environment: path.merging(settings) { $1 })
            do {
                guard try await server.says("Running on http://127.0.0.1:"),
                    let match = server.errorsSoFar.firstMatch(of: /Running on (http:\/\/127\.0\.0\.1:[0-9]+)/)
                else {
                    throw Missing(description: "\(program) does not run: \(server.errorsSoFar)")
                }
                let client = [
                    "AWS_ENDPOINT_URL": String(match.1), "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
                    "AWS_SECRET_ACCESS_KEY": "example-secret-access-key", "AWS_DEFAULT_REGION": "eu-central-1",
                    "AWS_MAX_ATTEMPTS": "2", "HOME": directory.string,
                ]
                try await body(ObjectServer(environment: path.merging(client) { $1 }, directory: directory))
            } catch {
                try await stop(server)
                throw error
            }
            try await stop(server)
        }
    }

    private static func stop(_ server: RunningProgram) async throws {
        server.send(SIGKILL)
        _ = try await server.outcome()
    }

    struct Missing: Error, CustomStringConvertible { let description: String }

    /// Runs the `aws` tool beside pgassay.
    package func aws(_ arguments: String...) async throws -> Program.Outcome {
        try await Program(Self.tools.appending("aws")).run(arguments, in: directory, environment: environment)
    }

    package func makeBucket(_ name: String, objectLock: Bool = false) async throws {
        let outcome = try await aws(
            "s3api", "create-bucket", "--bucket", name, "--create-bucket-configuration",
            "LocationConstraint=eu-central-1",
            objectLock ? "--object-lock-enabled-for-bucket" : "--no-object-lock-enabled-for-bucket")
        guard outcome.exitCode == 0 else { throw Missing(description: outcome.errors) }
    }
}
