import Foundation
import Glibc
import Synchronization
import SystemPackage

/// A server that speaks the interfaces of AWS: moto's, or one of our own that misbehaves.
package struct ObjectServer: Sendable {
    /// What a client needs to reach it.
    package var environment: [String: String]
    private let directory: FilePath

    /// Where the reference tools are: see tools/install-test-tools.sh.
    package static let tools: FilePath = {
        let python = ProcessInfo.processInfo.environment["PGASSAY_PYTHON"].map { FilePath($0) }
        let package = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        return python?.removingLastComponent() ?? package.appending(".venv/bin")
    }()

    /// The `aws` tool, which is there while a server runs.
    package static let awsTool = AWSRunner.program

    private static var path: [String: String] { ["PATH": "\(AWSRunner.directory):\(tools):/usr/bin:/bin"] }

    /// moto's server, which all tests of this process share: each has buckets of names of its own, or an account of its own.
    package static func moto(_ body: (ObjectServer) async throws -> Void) async throws {
        let server = try await shared.value.server
        // Its clients are programs that take a second to start.
        try await Turn.take { try await body(server) }
    }

    /// A server of moto's for one test.
    /// - Parameter settings: of moto, by environment.
    package static func moto(
        settings: [String: String], _ body: (ObjectServer) async throws -> Void
    ) async throws {
        try await with(moto, motoArguments, settings, body)
    }

    private static let moto = tools.appending("moto_server")
    private static let motoArguments = ["-H", "127.0.0.1", "-p", "0"]

    private static let shared = Once { () -> Running in
        let running = try await start(moto, motoArguments, [:], in: SharedDirectory.path)
        toEnd.withLock { $0 = running.program.processIdentifier }
        atexit { if let process = toEnd.withLock({ $0 }) { kill(process, SIGKILL) } }
        return running
    }

    /// The shared server's process, which ends with this one.
    private static let toEnd = Mutex<Int32?>(nil)

    private struct Running: Sendable {
        let program: RunningProgram
        let server: ObjectServer
    }

    /// Runs a server that says where it listens as moto's does.
    package static func with(
        _ program: FilePath, _ arguments: [String], _ settings: [String: String],
        _ body: (ObjectServer) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try await Turn.take {
                let running = try await start(program, arguments, settings, in: directory)
                do {
                    try await body(running.server)
                } catch {
                    try await stop(running.program)
                    throw error
                }
                try await stop(running.program)
            }
        }
    }

    private static func start(
        _ program: FilePath, _ arguments: [String], _ settings: [String: String], in directory: FilePath
    ) async throws -> Running {
        try await AWSRunner.start()
        let server = try Program(program).start(arguments, in: directory, environment: path.merging(settings) { $1 })
        guard try await server.says("Running on http://127.0.0.1:"),
            let match = server.errorsSoFar.firstMatch(of: /Running on (http:\/\/127\.0\.0\.1:[0-9]+)/)
        else {
            server.send(SIGKILL)
            throw Missing(description: "\(program) does not run: \(try await server.outcome().errors)")
        }
        let client = [
            "AWS_ENDPOINT_URL": String(match.1), "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
            "AWS_SECRET_ACCESS_KEY": "example-secret-access-key", "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_MAX_ATTEMPTS": "2", "HOME": directory.string,
        ]
        return Running(
            program: server, server: ObjectServer(environment: path.merging(client) { $1 }, directory: directory))
    }

    private static func stop(_ server: RunningProgram) async throws {
        server.send(SIGKILL)
        _ = try await server.outcome()
    }

    struct Missing: Error, CustomStringConvertible { let description: String }

    /// Runs the `aws` tool beside pgassay.
    package func aws(_ arguments: String...) async throws -> Program.Outcome {
        try await Program(Self.awsTool).run(arguments, in: directory, environment: environment)
    }

    package func makeBucket(_ name: String, objectLock: Bool = false) async throws {
        let outcome = try await aws(
            "s3api", "create-bucket", "--bucket", name, "--create-bucket-configuration",
            "LocationConstraint=eu-central-1",
            objectLock ? "--object-lock-enabled-for-bucket" : "--no-object-lock-enabled-for-bucket")
        guard outcome.exitCode == 0 else { throw Missing(description: outcome.errors) }
    }
}
