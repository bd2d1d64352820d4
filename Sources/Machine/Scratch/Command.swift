import Foundation
import Glibc
import Subprocess
import SystemPackage

/// A child process to run: a program, its arguments, its whole environment. No shell is ever involved.
package struct Command: Sendable {
    package var program: FilePath
    package var arguments: [String]
    /// The complete environment: nothing is inherited, so no secret of ours reaches a child by accident.
    package var environment: [String: String]
    package var directory: FilePath?

    package init(
        _ program: FilePath, _ arguments: [String], environment: [String: String] = [:], directory: FilePath? = nil
    ) {
        self.program = program
        self.arguments = arguments
        // Messages are parsed, so they must not be translated.
        self.environment = ["LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(environment) { $1 }
        self.directory = directory
    }

    var subprocessEnvironment: Environment {
        .custom(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0)!, $1) }))
    }

    /// What came of a child.
    package struct Outcome: Sendable {
        /// Nil when a signal ended it.
        package var exitCode: Int32?
        package var signal: Int32?
        /// It was stopped because its deadline passed.
        package var timedOut = false
        /// Standard output and standard error; the last 64 KiB of each.
        package var output = ""
        package var errorOutput = ""

        package var succeeded: Bool { exitCode == 0 && !timedOut }

        /// Enough to say in a message why it failed.
        package var failure: String {
            let words = errorOutput.split(whereSeparator: \.isNewline).suffix(5).joined(separator: " ")
            let end = exitCode.map { "exit code \($0)" } ?? "signal \(signal ?? 0)"
            return words.isEmpty ? end : "\(words) (\(end))"
        }
    }

    /// Runs the child to its end. It is told to stop, and killed if it does not, when the deadline passes or the task
    /// is cancelled; it never outlives this call.
    /// - Parameters:
    ///   - onErrorLine: called for each line of standard error, in order, cut at 8 KiB.
    ///   - input: writes the child's standard input; a child that stops reading ends it early.
    /// - Throws: `CancellationError`; what `input` throws; errors of starting the child.
    package func run(
        deadline: Duration, onErrorLine: (@Sendable (String) async -> Void)? = nil,
        input: (@Sendable (StandardInputWriter) async throws -> Void)? = nil
    ) async throws -> Outcome {
        var output = Tail(limit: 64 << 10)
        var outcome = try await run(until: Timer(deadline), onErrorLine: onErrorLine, input: input) {
            output.append(Array($0))
        }
        outcome.output = output.text
        return outcome
    }

    /// Runs the child to its end and hands on what it writes on standard output, piece by piece: none of it is kept. It is
    /// stopped as ``run(deadline:onErrorLine:input:)`` does it.
    /// - Parameters:
    ///   - patience: how long the child may be silent on standard output; the time that `body` takes does not count.
    ///   - clock: what it is measured by.
    /// - Throws: `CancellationError`; what `body` throws, after the child was stopped; errors of starting the child.
    package func stream<Time: Clock>(
        patience: Duration, clock: Time = ContinuousClock(), _ body: ([UInt8]) async throws -> Void
    ) async throws -> Outcome where Time.Duration == Duration {
        let timer = Timer(patience, clock: clock)
        return try await run(until: timer, onErrorLine: nil, input: nil) { bytes in
            timer.pause()
            defer { timer.restart() }
            try await body(bytes)
        }
    }

    /// Runs the child to its end as a filter: it is fed what `input` writes, and what it writes is handed on, piece by piece. It is
    /// stopped as ``run(deadline:onErrorLine:input:)`` does it.
    /// - Throws: `CancellationError`; what `input` and `output` throw, after the child was stopped; errors of starting the
    ///   child.
    package func filter(
        deadline: Duration, input: @escaping @Sendable (StandardInputWriter) async throws -> Void,
        output: ([UInt8]) async throws -> Void
    ) async throws -> Outcome {
        try await run(until: Timer(deadline), onErrorLine: nil, input: input, onOutput: output)
    }

    private func run(
        until timer: Timer<some Clock>, onErrorLine: (@Sendable (String) async -> Void)?,
        input: (@Sendable (StandardInputWriter) async throws -> Void)?,
        onOutput: ([UInt8]) async throws -> Void
    ) async throws -> Outcome {
        Self.ignoreBrokenPipes
        var options = PlatformOptions()
        // A session of its own: Ctrl-C at the terminal reaches us alone, and we stop our children in order.
        options.createSession = true
        options.teardownSequence = Self.teardown
        let result = try await Subprocess.run(
            .path(program), arguments: Arguments(arguments),
            environment: subprocessEnvironment,
            workingDirectory: directory, platformOptions: options,
            input: .inputWriter, output: .sequence, error: .sequence
        ) { execution in
            try await withThrowingTaskGroup(of: Part.self) { group in
                group.addTask { .error(try await Self.collect(execution.standardError, onLine: onErrorLine)) }
                group.addTask {
                    do {
                        try await input?(execution.standardInputWriter)
                        try await execution.standardInputWriter.finish()
                    } catch is SubprocessError {
                        // The child closed its input before the end; its exit code and words say why.
                    } catch is CancellationError {
                        // The child has ended, or our task was cancelled, which is looked at below.
                    }
                    return .input
                }
                group.addTask {
                    do {
                        try await timer.wait()
                    } catch {
                        return .inTime
                    }
                    await execution.teardown(using: Self.teardown)
                    return .tooLate
                }
                do {
                    for try await buffer in execution.standardOutput {
                        try await onOutput(buffer.withUnsafeBytes { Array($0) })
                    }
                } catch {
                    await execution.teardown(using: Self.teardown)
                    throw error
                }
                var outcome = Outcome()
                for try await part in group {
                    switch part {
                    case .error(let text):
                        outcome.errorOutput = text
                        // Both pipes closed: the child is done, so its deadline no longer matters.
                        group.cancelAll()
                    case .tooLate: outcome.timedOut = true
                    case .input, .inTime: break
                    }
                }
                return outcome
            }
        }
        try Task.checkCancellation()
        var outcome = result.closureResult
        switch result.terminationStatus {
        case .exited(let code): outcome.exitCode = code
        case .signaled(let signal): outcome.signal = signal
        }
        return outcome
    }

    /// Writing to a child that has ended must be an error, not the end of this process. Children start with the
    /// default again.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    private enum Part {
        case error(String)
        case input, inTime, tooLate
    }

    /// SIGTERM, five seconds, then SIGKILL, to the child and all that it started.
    static let teardown: [TeardownStep] = [
        .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(5))
    ]

    private static func collect(
        _ stream: SubprocessOutputSequence, onLine: (@Sendable (String) async -> Void)?
    ) async throws -> String {
        var tail = Tail(limit: 64 << 10)
        var splitter = LineSplitter(limit: 8 << 10)
        for try await buffer in stream {
            let bytes = buffer.withUnsafeBytes { Array($0) }
            tail.append(bytes)
            guard let onLine else { continue }
            for line in splitter.lines(adding: bytes) { await onLine(line) }
        }
        if let onLine, let line = splitter.rest() { await onLine(line) }
        return tail.text
    }
}
