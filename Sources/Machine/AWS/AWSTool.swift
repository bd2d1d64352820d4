import Foundation
import Processes

/// The `aws` command line tool. It finds credentials and the region by itself, from the environment or its own files; none
/// are ever in its arguments.
package struct AWSTool: Sendable {
    private let tool: Tool
    /// How long it may take for one request, its own retries (`AWS_MAX_ATTEMPTS`) included, or be silent while it downloads.
    package let patience: Duration

    /// - Parameters:
    ///   - environment: ours; what the tool reads of it is passed on: `AWS_…`, its home, proxies and certificates.
    /// - Throws: ``NoAWSTool`` when there is no `aws` in `PATH`.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment, patience: Duration = .seconds(300)
    ) throws(NoAWSTool) {
        let settings = [
            // Names may be in any script; messages are read, so they are not translated.
            "LC_ALL": "C.UTF-8",
            // Nothing is shown page by page, and nothing is asked.
            "AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off",
        ]
        do {
            tool = try Tool("aws", environment: environment, setting: settings) { $0.hasPrefix("AWS_") }
        } catch {
            throw NoAWSTool()
        }
        self.patience = patience
    }

    /// Runs it to its end.
    /// - Parameter extra: time on top of the patience, for what is sent.
    /// - Throws: `AWSFailure`, `CancellationError`; errors of starting it.
    package func run(_ arguments: [String], extra: Duration = .zero) async throws -> String {
        let outcome = try await tool.command(arguments).run(deadline: patience + extra)
        try check(outcome)
        return outcome.output
    }

    /// Runs it to its end and hands on what it writes on standard output.
    /// - Parameter around: marks the command as one that works for a scratch directory, so that `pgassay clean` finds it if
    ///   this process is killed.
    /// - Throws: what `body` throws, and as ``run(_:extra:)``.
    package func stream(
        _ arguments: [String], around: (Command) -> Command = { $0 }, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        try check(try await around(tool.command(arguments)).stream(patience: patience, body))
    }

    /// Runs it to its end and keeps all that it prints.
    /// - Parameter limit: in bytes.
    /// - Throws: what `tooLarge` makes where it prints more, and as ``run(_:extra:)``.
    package func answer(_ arguments: [String], limit: Int, tooLarge: () -> any Error) async throws -> Data {
        let (answer, outcome) = try await tool.command(arguments).answer(
            patience: patience, limit: limit, tooLarge: tooLarge)
        try check(outcome)
        return answer
    }

    private func check(_ outcome: Command.Outcome) throws {
        if outcome.timedOut { throw AWSFailure(code: nil, words: "", timedOut: true) }
        guard !outcome.succeeded else { return }
        throw AWSFailure(
            code: outcome.errorOutput.firstMatch(of: /An error occurred \(([A-Za-z0-9]+)\)/).map { String($0.1) },
            words: tool.withoutSecrets(outcome.failure), timedOut: false)
    }
}

/// What the tool said when it failed.
package struct AWSFailure: Error {
    /// The error's name in the service's interface, such as `NoSuchKey`, or the HTTP status where the answer had none; nil when it
    /// was no error of the service.
    package var code: String?
    package var words: String
    package var timedOut: Bool

    /// True if the tool failed, the service sent no error code, and the time limit did not pass. Most often the network failed, but
    /// it may also be an error of the tool itself.
    package var isNetworkError: Bool { code == nil && !timedOut }
}

/// There is no `aws` to run.
package struct NoAWSTool: Error, CustomStringConvertible {
    /// What to do about it.
    package static let advice = "install it (pip install awscli, or apt-get install awscli)"

    package var description: String { "The program aws is missing: \(Self.advice)." }
}
