import Foundation
import Scratch
import SystemPackage

/// A program that others wrote, which reads backups with rights, settings and keys of whoever runs pgassay.
struct Tool: Sendable {
    let name: String
    private let program: FilePath
    private let environment: [String: String]

    /// - Parameters:
    ///   - name: looked for in `PATH`, or a path.
    ///   - variables: names of what it reads of our environment besides the usual: nothing else is handed on.
    ///   - advice: what to do where it is missing.
    /// - Throws: ``FetchError/noProgram(_:advice:)``.
    init(_ name: String, variables: [String], advice: String) throws(FetchError) {
        let ours = ProcessInfo.processInfo.environment
        let places =
            name.contains("/")
            ? [FilePath(name)]
            : (ours["PATH"] ?? "").split(separator: ":").map { FilePath(String($0)).appending(name) }
        guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) else {
            throw .noProgram(name, advice: advice)
        }
        self.name = FilePath(name).lastComponent?.string ?? name
        self.program = program
        environment = ours.filter { variable in
            Self.usual.contains(variable.key) || variables.contains(variable.key)
                || Self.prefixes.contains { variable.key.hasPrefix($0) }
        }
    }

    /// Where a program finds its files, its network and its account.
    private static let usual: Set<String> = [
        "HOME", "PATH", "USER", "LOGNAME", "TMPDIR", "GNUPGHOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    ]
    /// Of the programs that are known here.
    private static let prefixes = ["AWS_", "PGBACKREST_", "BARMAN_"]

    /// - Parameter place: where it works; nil for a question that is answered soon.
    func command(_ arguments: [String], in place: Workspace?) -> Command {
        let command = Command(program, arguments, environment: environment, directory: "/")
        return place.map { $0.around(command) } ?? command
    }

    /// Runs it to its end.
    /// - Throws: ``FetchError/deadlineExceeded(program:seconds:)``, `CancellationError`; errors of starting it.
    func run(
        _ arguments: [String], in place: Workspace, deadline: Duration,
        onErrorLine: (@Sendable (String) async -> Void)? = nil
    ) async throws -> Command.Outcome {
        let outcome = try await command(arguments, in: place).run(deadline: deadline, onErrorLine: onErrorLine)
        if outcome.timedOut {
            throw FetchError.deadlineExceeded(program: name, seconds: deadline / .seconds(1))
        }
        return outcome
    }

    /// Runs it to its end and hands on all that it prints, up to a limit.
    /// - Throws: as ``run(_:in:deadline:onErrorLine:)``; ``FetchError/failed(program:reason:)``,
    ///   ``FetchError/notUnderstood(program:what:)``.
    func output(_ arguments: [String], deadline: Duration, limit: Int = 64 << 20) async throws -> Data {
        var answer: [UInt8] = []
        let outcome = try await command(arguments, in: nil).stream(patience: deadline) { bytes in
            guard answer.count + bytes.count <= limit else {
                throw FetchError.notUnderstood(program: name, what: "its answer is larger than \(limit >> 20) MiB")
            }
            answer += bytes
        }
        if outcome.timedOut {
            throw FetchError.deadlineExceeded(program: name, seconds: deadline / .seconds(1))
        }
        guard outcome.succeeded else { throw FetchError.failed(program: name, reason: failure(of: outcome)) }
        return Data(answer)
    }

    /// What it said last, without what must not be read by others.
    func failure(of outcome: Command.Outcome) -> String { withoutSecrets(outcome.failure) }

    /// Of `user:password@host`, and of any setting that is named like a secret. At most 600 characters.
    func withoutSecrets(_ words: String) -> String {
        var words = words.replacing(/:\/\/[^\/@\s]+@/, with: "://…@")
        for (name, value) in environment where value.count >= 6 && Self.isSecret(name) {
            words.replace(value, with: "…")
        }
        // Some tools print what they could not read.
        return String(String(words.map { $0.isNewline || $0.isASCII ? $0 : "?" }).prefix(600))
    }

    private static func isSecret(_ name: String) -> Bool {
        ["KEY", "PASS", "SECRET", "TOKEN"].contains { name.uppercased().contains($0) }
    }
}
