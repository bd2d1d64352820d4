import Foundation
import SystemPackage

/// A program that somebody else wrote, such as `aws` or `pgbackrest`: found in `PATH`, given a chosen part of our environment.
/// It finds its settings and credentials itself; none are ever in its arguments.
package struct Tool: Sendable {
    /// The program's file name.
    package let name: String
    private let program: FilePath
    private let environment: [String: String]

    /// - Parameters:
    ///   - name: looked for in `PATH`, or a path.
    ///   - environment: ours.
    ///   - passing: whether a variable of ours is passed on, besides those in ``usual``.
    ///   - setting: variables that the program gets in any case.
    /// - Throws: ``MissingTool``.
    package init(
        _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment,
        setting: [String: String] = [:], passing: (String) -> Bool
    ) throws(MissingTool) {
        let places =
            name.contains("/")
            ? [FilePath(name)]
            : (environment["PATH"] ?? "").split(separator: ":").map { FilePath(String($0)).appending(name) }
        guard let program = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.string) }) else {
            throw MissingTool(name: name)
        }
        self.name = FilePath(name).lastComponent?.string ?? name
        self.program = program
        self.environment = environment.filter { Self.usual.contains($0.key) || passing($0.key) }
            .merging(setting) { $1 }
    }

    /// Variables by which a program finds its files, its network and its account.
    private static let usual: Set<String> = [
        "HOME", "PATH", "USER", "LOGNAME", "TMPDIR", "GNUPGHOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    ]

    /// The program with arguments, as a child to run.
    /// - Parameter directory: where it works; nil for ours.
    package func command(_ arguments: [String], directory: FilePath? = nil) -> Command {
        Command(program, arguments, environment: environment, directory: directory)
    }

    /// Words of the program without secrets: the `user:password` of `user:password@host`, and the value of each variable of its
    /// environment whose name looks like a secret's.
    package func withoutSecrets(_ words: String) -> String { Secrets.hide(valuesOf: environment, in: words) }
}

/// There is no such program in `PATH`.
package struct MissingTool: Error, Equatable {
    package let name: String
}

extension Command {
    /// Runs the child to its end and keeps all that it prints on standard output.
    /// - Parameters:
    ///   - patience: how long it may print nothing.
    ///   - limit: in bytes.
    ///   - tooLarge: the error to throw if it prints more.
    /// - Throws: what `tooLarge` makes; as ``stream(patience:_:)``.
    package func answer(
        patience: Duration, limit: Int, tooLarge: () -> any Error
    ) async throws -> (Data, Outcome) {
        var answer = Data()
        let outcome = try await stream(patience: patience) { bytes in
            guard answer.count + bytes.count <= limit else { throw tooLarge() }
            answer += bytes
        }
        return (answer, outcome)
    }
}
