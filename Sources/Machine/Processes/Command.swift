import Foundation
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A child process to run: a program, its arguments, its whole environment. No shell is ever involved.
package struct Command: Sendable {
    package var program: FilePath
    package var arguments: [String]
    /// The complete environment: nothing is inherited, so no secret of ours reaches a child by accident.
    package var environment: [String: String]
    package var directory: FilePath?
    /// A program that starts this one behind walls; nil where it is started as it is.
    package var launching: Launching?

    /// How another program starts a command.
    package struct Launching: Sendable {
        let program: FilePath
        let arguments: [String]
        let failure: @Sendable (String) -> (any Error)?

        /// - Parameters:
        ///   - arguments: say which command it starts, and how.
        ///   - failure: the error to throw for what was said on standard error, if that program could not start the command.
        package init(
            _ program: FilePath, _ arguments: [String], failure: @escaping @Sendable (String) -> (any Error)?
        ) {
            self.program = program
            self.arguments = arguments
            self.failure = failure
        }
    }

    /// What is really started.
    package var startedProgram: FilePath { launching?.program ?? program }
    package var startedArguments: [String] { launching?.arguments ?? arguments }

    package init(
        _ program: FilePath, _ arguments: [String], environment: [String: String] = [:], directory: FilePath? = nil
    ) {
        self.program = program
        self.arguments = arguments
        // Messages are parsed, so they must not be translated.
        self.environment = ["LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(environment) { $1 }
        self.directory = directory
    }

    /// The environment, as swift-subprocess takes it.
    package var subprocessEnvironment: Environment {
        .custom(Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0)!, $1) }))
    }

    /// How a child process ended.
    package struct Outcome: Sendable {
        /// Nil when a signal ended it.
        package var exitCode: Int32?
        package var signal: Int32?
        /// True if the child was stopped because its deadline passed.
        package var timedOut = false
        /// Standard output and standard error; the last 64 KiB of each.
        package var output = ""
        package var errorOutput = ""

        package var succeeded: Bool { exitCode == 0 && !timedOut }

        /// Why the child failed, for a message.
        package var failure: String {
            let words = errorOutput.split(whereSeparator: \.isNewline).suffix(5).joined(separator: " ")
            let end = exitCode.map { "exit code \($0)" } ?? "signal \(signal ?? 0)"
            return words.isEmpty ? end : "\(words) (\(end))"
        }
    }

    /// Runs the child to its end. When the deadline passes or the task is cancelled, the child is told to stop, and is
    /// killed if it does not; it never outlives this call.
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

    /// Runs the child to its end and passes on its standard output, piece by piece, without keeping it. The child is
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

    /// Runs the child to its end as a filter: its standard input is what `input` writes, and its standard output is
    /// passed on, piece by piece. The child is stopped as ``run(deadline:onErrorLine:input:)`` does it.
    /// - Parameter onErrorLine: as there.
    /// - Throws: `CancellationError`; what `input` and `output` throw, after the child was stopped; errors of starting
    ///   the child.
    package func filter(
        deadline: Duration, onErrorLine: (@Sendable (String) async -> Void)? = nil,
        input: @escaping @Sendable (StandardInputWriter) async throws -> Void,
        output: ([UInt8]) async throws -> Void
    ) async throws -> Outcome {
        try await run(until: Timer(deadline), onErrorLine: onErrorLine, input: input, onOutput: output)
    }

    private func run(
        until timer: Timer<some Clock>, onErrorLine: (@Sendable (String) async -> Void)?,
        input: (@Sendable (StandardInputWriter) async throws -> Void)?,
        onOutput: ([UInt8]) async throws -> Void
    ) async throws -> Outcome {
        Self.ignoreBrokenPipes
        var options = PlatformOptions()
        // A new session: Ctrl-C at the terminal reaches us alone, and we stop our children in order.
        options.createSession = true
        options.teardownSequence = Self.teardown
        let log = CommandLog(self)
        defer { log.close() }
        let configuration = Configuration(
            executable: .path(startedProgram), arguments: Arguments(startedArguments),
            environment: subprocessEnvironment,
            workingDirectory: directory, platformOptions: options)
        let result = try await Subprocess.run(
            configuration, input: .inputWriter, output: .sequence, error: .sequence
        ) { execution in
            log.started(execution.processIdentifier.value)
            return try await Self.attend(execution, timer, onErrorLine, onOutput) {
                try await input?(execution.standardInputWriter)
                try await execution.standardInputWriter.finish()
            }
        }
        try Task.checkCancellation()
        var outcome = result.closureResult
        switch result.terminationStatus {
        case .exited(let code): outcome.exitCode = code
        case .signaled(let signal): outcome.signal = signal
        }
        log.noteEnd(result.terminationStatus, timedOut: outcome.timedOut)
        if outcome.exitCode != 0, let failure = launching?.failure(outcome.errorOutput) { throw failure }
        return outcome
    }

    /// Reads what the child says until it has ended, and stops it when its time is over.
    /// - Parameter feed: writes its standard input.
    private nonisolated(nonsending) static func attend<Input: InputProtocol>(
        _ execution: Execution<Input, SequenceOutput, SequenceOutput>, _ timer: Timer<some Clock>,
        _ onErrorLine: (@Sendable (String) async -> Void)?, _ onOutput: ([UInt8]) async throws -> Void,
        feed: @escaping @Sendable () async throws -> Void
    ) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask { .error(try await Self.collect(execution.standardError, onLine: onErrorLine)) }
            group.addTask {
                do {
                    try await feed()
                } catch is SubprocessError {
                    // The child closed its input before the end; its exit code and its messages say why.
                } catch is CancellationError {
                    // The child has ended, or our task was cancelled, which is checked below.
                } catch {
                    // The child would wait for the rest of its input, and we for the child.
                    await execution.teardown(using: Self.teardown)
                    throw error
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
                    // Both pipes are closed. A child can close its outputs and live on, so its deadline holds until
                    // it has ended.
                    group.addTask {
                        try? await Self.waitForEnd(of: execution.processIdentifier.value)
                        return .end
                    }
                case .end: group.cancelAll()
                case .tooLate: outcome.timedOut = true
                case .input, .inTime: break
                }
            }
            return outcome
        }
    }

    /// Ignores SIGPIPE, so that writing to a child that has ended is an error and does not end this process. Children
    /// start with the default again.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    private enum Part {
        case error(String)
        case input, inTime, tooLate, end
    }

    /// Waits until a child has ended, and leaves it to swift-subprocess to collect it. Almost always it has ended when its
    /// outputs are closed.
    /// - Throws: `CancellationError`.
    private static func waitForEnd(of child: pid_t) async throws {
        var pause = Duration.milliseconds(1)
        while true {
            var information = siginfo_t()
            // An error would mean that there is no such child any more.
            guard waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT) == 0,
                information.si_signo == 0
            else { return }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Duration.milliseconds(100))
        }
    }

    /// SIGTERM, five seconds, then SIGKILL, to the child and all that it started in its process group.
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

/// Says when the time of a child is over, counted from the start or from the last ``restart()``.
final class Timer<Time: Clock>: Sendable where Time.Duration == Duration {
    private let patience: Duration
    private let clock: Time
    /// When the time is over; nil while the clock is stopped.
    private let limit: Mutex<Time.Instant?>

    init(_ patience: Duration, clock: Time = ContinuousClock()) {
        self.patience = patience
        self.clock = clock
        limit = Mutex(clock.now.advanced(by: patience))
    }

    /// Stops the clock until ``restart()``.
    func pause() { limit.withLock { $0 = nil } }

    /// Starts the clock again, with the whole time.
    func restart() { limit.withLock { $0 = clock.now.advanced(by: patience) } }

    /// Returns when time is up.
    /// - Throws: `CancellationError`.
    func wait() async throws {
        while true {
            let now = clock.now
            let limit = limit.withLock { $0 } ?? now.advanced(by: patience)
            if limit <= now { return }
            try await clock.sleep(until: limit, tolerance: nil)
        }
    }
}
