import Foundation
import Processes
import Scratch

/// Programs that read backups, run with the rights, settings and keys of the person who runs pgassay.
extension Tool {
    /// - Parameters:
    ///   - name: looked for in `PATH`, or a path.
    ///   - variables: names of variables that are passed on, besides the usual ones and those of the programs known here.
    ///   - advice: what to do where the program is missing.
    /// - Throws: ``FetchError/noProgram(_:advice:)``.
    init(_ name: String, variables: [String], advice: String) throws(FetchError) {
        do throws(MissingTool) {
            try self.init(name) { variable in
                variables.contains(variable) || Self.prefixes.contains { variable.hasPrefix($0) }
            }
        } catch {
            throw .noProgram(error.name, advice: advice)
        }
    }

    /// Of the programs that are known here.
    private static let prefixes = ["AWS_", "PGBACKREST_", "BARMAN_"]

    /// - Parameter place: where it works; nil for a question that is answered soon.
    func command(_ arguments: [String], in place: Workspace?) -> Command {
        let command = command(arguments, directory: "/")
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

    /// Runs it to its end and returns all that it prints, up to a limit.
    /// - Throws: as ``run(_:in:deadline:onErrorLine:)``; ``FetchError/failed(program:reason:)``,
    ///   ``FetchError/notUnderstood(program:what:)``.
    func output(_ arguments: [String], deadline: Duration, limit: Int = 64 << 20) async throws -> Data {
        let (answer, outcome) = try await command(arguments, in: nil).answer(patience: deadline, limit: limit) {
            FetchError.notUnderstood(program: name, what: "its answer is larger than \(limit >> 20) MiB")
        }
        if outcome.timedOut {
            throw FetchError.deadlineExceeded(program: name, seconds: deadline / .seconds(1))
        }
        guard outcome.succeeded else { throw FetchError.failed(program: name, reason: failure(of: outcome)) }
        return answer
    }

    /// The last words of the program, as ``reportable(_:)``.
    func failure(of outcome: Command.Outcome) -> String { reportable(outcome.failure) }

    /// Words of the program without secrets, for a report: at most 600 characters, ASCII only, because some programs print bytes
    /// that they could not read.
    func reportable(_ words: String) -> String {
        String(String(withoutSecrets(words).map { $0.isNewline || $0.isASCII ? $0 : "?" }).prefix(600))
    }
}
