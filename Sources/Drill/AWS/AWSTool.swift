import Foundation
import Scratch
import SystemPackage

/// The `aws` command line tool. It finds credentials and the region by itself, from the environment or its own files; none
/// are ever in its arguments.
package struct AWSTool: Sendable {
    private let program: FilePath
    private let environment: [String: String]
    /// How long it may take for one request, its own retries (`AWS_MAX_ATTEMPTS`) included, or be silent while it downloads.
    package let patience: Duration

    /// - Parameters:
    ///   - environment: ours; what the tool reads of it is passed on: `AWS_…`, its home, proxies and certificates.
    /// - Throws: ``NoAWSTool`` when there is no `aws` in `PATH`.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment, patience: Duration = .seconds(300)
    ) throws(NoAWSTool) {
        let found = (environment["PATH"] ?? "").split(separator: ":").map { FilePath(String($0)).appending("aws") }
            .first { FileManager.default.isExecutableFile(atPath: $0.string) }
        guard let found else { throw NoAWSTool() }
        program = found
        self.patience = patience
        self.environment = environment.filter { Self.passes($0.key) }.merging([
            // Names may be in any script; messages are read, so they are not translated.
            "LC_ALL": "C.UTF-8",
            // Nothing is shown page by page, and nothing is asked.
            "AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off",
        ]) { $1 }
    }

    private static func passes(_ name: String) -> Bool {
        name.hasPrefix("AWS_")
            || [
                "HOME", "PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTP_PROXY",
                "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
            ].contains(name)
    }

    /// Runs it to its end.
    /// - Parameter extra: time on top of the patience, for what is sent.
    /// - Throws: `AWSFailure`, `CancellationError`; errors of starting it.
    package func run(_ arguments: [String], extra: Duration = .zero) async throws -> String {
        let outcome = try await command(arguments).run(deadline: patience + extra)
        try check(outcome)
        return outcome.output
    }

    /// Runs it to its end and hands on what it writes on standard output.
    /// - Parameter place: what it writes files into, so that `pgassay clean` finds it if we are killed.
    /// - Throws: what `body` throws, and as ``run(_:extra:)``.
    package func stream(
        _ arguments: [String], in place: Workspace? = nil, _ body: ([UInt8]) async throws -> Void
    ) async throws {
        let command = command(arguments)
        try check(try await (place?.around(command) ?? command).stream(patience: patience, body))
    }

    /// Runs it to its end and keeps all that it prints.
    /// - Parameter limit: in bytes.
    /// - Throws: what `tooLarge` makes where it prints more, and as ``run(_:extra:)``.
    func answer(_ arguments: [String], limit: Int, tooLarge: () -> any Error) async throws -> Data {
        var answer = Data()
        try await stream(arguments) { bytes in
            guard answer.count + bytes.count <= limit else { throw tooLarge() }
            answer += bytes
        }
        return answer
    }

    private func command(_ arguments: [String]) -> Command { Command(program, arguments, environment: environment) }

    private func check(_ outcome: Command.Outcome) throws {
        if outcome.timedOut { throw AWSFailure(code: nil, words: "", timedOut: true) }
        guard !outcome.succeeded else { return }
        throw AWSFailure(
            code: outcome.errorOutput.firstMatch(of: /An error occurred \(([A-Za-z0-9]+)\)/).map { String($0.1) },
            words: withoutSecrets(outcome.failure), timedOut: false)
    }

    /// The tool prints no secrets; should it ever, we do not.
    private func withoutSecrets(_ words: String) -> String {
        let secrets = [
            "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        ]
        let hidden = secrets.compactMap { environment[$0] }.filter { $0.count >= 8 }
            .reduce(words) { $0.replacing($1, with: "…") }
        // Of `http://user:password@host`.
        return hidden.replacing(/:\/\/[^\/@\s]+@/, with: "://…@")
    }
}

/// What the tool said when it failed.
package struct AWSFailure: Error {
    /// The error's name in the service's interface, such as `NoSuchKey`, or the HTTP status where the answer had none; nil when it
    /// was no error of the service.
    package var code: String?
    package var words: String
    package var timedOut: Bool

    /// Nothing that the service said, and nothing that a person was waited for.
    package var isOfConnection: Bool { code == nil && !timedOut }
}

/// There is no `aws` to run.
package struct NoAWSTool: Error, CustomStringConvertible {
    /// What to do about it.
    package static let advice = "install it (pip install awscli, or apt-get install awscli)"

    package var description: String { "The program aws is missing: \(Self.advice)." }
}
