import Foundation
import Glibc
import SystemPackage

/// A program run as a person would run it: its own environment and directory, its words read as it wrote them.
package struct Program: Sendable {
    /// How long a program may take where nothing else is said: far longer than any takes beside two endless loops.
    package static let patience = Duration.seconds(1800)

    package let executable: FilePath

    package init(_ executable: FilePath) { self.executable = executable }

    /// A program of this package, which is built beside the tests.
    /// - Throws: when it is not there: a test without its program must fail.
    package static func ofThisPackage(_ name: String) throws -> Program {
        let tests = FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let program = tests.removingLastComponent().appending(name)
        guard FileManager.default.isExecutableFile(atPath: program.string) else {
            throw Missing(description: "\(program) is not there: swift build --product \(name)")
        }
        return Program(program)
    }

    package struct Missing: Error, CustomStringConvertible { package let description: String }

    /// What came of it.
    package struct Outcome: Sendable {
        /// Nil when a signal ended it.
        package let exitCode: Int32?
        package let output: String
        package let errors: String
        /// It was killed because it did not end in time.
        package let timedOut: Bool
        /// The most memory that it had, in bytes, as far as it was seen.
        package let peakMemory: Int
    }

    /// Runs it to its end.
    /// - Parameters:
    ///   - environment: all of it; nothing is inherited.
    ///   - deadline: after it, the program is killed and the outcome says so.
    package func run(
        _ arguments: [String], in directory: FilePath, environment: [String: String],
        deadline: Duration = Program.patience
    ) async throws -> Outcome {
        try await start(arguments, in: directory, environment: environment).outcome(within: deadline)
    }

    package func start(
        _ arguments: [String], in directory: FilePath, environment: [String: String]
    ) throws -> RunningProgram {
        try RunningProgram(executable, arguments, directory, environment)
    }
}

/// A program that has been started.
package final class RunningProgram: Sendable {
    private let process = Process()
    private let output: FilePath
    private let errors: FilePath

    package var processIdentifier: Int32 { process.processIdentifier }

    /// What it wrote on standard error until now.
    package var errorsSoFar: String { Self.text(errors) }

    /// Output goes through files, so that no pipe can fill up.
    fileprivate init(
        _ executable: FilePath, _ arguments: [String], _ directory: FilePath, _ environment: [String: String]
    ) throws {
        let name = "pgassay-said-\(UUID().uuidString)"
        output = TestDirectory.root.appending(name + ".out")
        errors = TestDirectory.root.appending(name + ".err")
        for file in [output, errors] { try Data().write(to: URL(filePath: file.string)) }
        process.executableURL = URL(filePath: executable.string)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: directory.string)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output.string))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors.string))
        try process.run()
    }

    /// A test that has failed does not wait for what it started.
    deinit { if process.isRunning { send(SIGKILL) } }

    package func send(_ signal: Int32) { kill(processIdentifier, signal) }

    /// Waits until the program has written `words` on standard error.
    /// - Returns: false when it ended, or the time passed, before it did.
    package func says(_ words: String, within deadline: Duration = Program.patience) async throws -> Bool {
        try await isTrue(within: deadline) { errorsSoFar.contains(words) || !process.isRunning }
            && errorsSoFar.contains(words)
    }

    package func outcome(within deadline: Duration = Program.patience) async throws -> Program.Outcome {
        var peakMemory = 0
        let inTime = try await isTrue(within: deadline, longestPause: .milliseconds(50)) {
            peakMemory = max(peakMemory, memoryHighWaterMark)
            return !process.isRunning
        }
        if !inTime { send(SIGKILL) }
        process.waitUntilExit()
        defer { for file in [output, errors] { try? FileManager.default.removeItem(atPath: file.string) } }
        return Program.Outcome(
            exitCode: process.terminationReason == .exit ? process.terminationStatus : nil, output: Self.text(output),
            errors: Self.text(errors), timedOut: !inTime,
            peakMemory: peakMemory)
    }

    /// Bytes (proc(5)); 0 when it has ended.
    private var memoryHighWaterMark: Int {
        let status = (try? String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }

    private static func text(_ file: FilePath) -> String {
        String(decoding: FileManager.default.contents(atPath: file.string) ?? Data(), as: UTF8.self)
    }
}

/// What tests waited for, and what never came to be.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String
}

/// Waits until a condition is true. No test may rely on how long that takes: the limit is there so that what never happens is
/// told, and lies minutes away from what it takes on a busy machine.
/// - Parameters:
///   - what: is waited for, for the message.
///   - state: of things, for the message; asked for when the time has passed.
/// - Throws: ``NeverHappened``.
package func eventually(
    _ what: String, state: () throws -> String = { "" }, _ condition: () async throws -> Bool
) async throws {
    if try await isTrue(within: .seconds(300), condition) { return }
    throw NeverHappened(description: "within five minutes it never happened that \(what). \(try state())")
}

/// Asks again and again until the answer is yes.
/// - Returns: false when the time passed before.
private func isTrue(
    within deadline: Duration, longestPause: Duration = .milliseconds(200), _ condition: () async throws -> Bool
) async throws -> Bool {
    let limit = ContinuousClock.now + deadline
    // To ask costs time too, such as that of all processes: what takes long is asked for less often.
    var pause = Duration.milliseconds(10)
    while try await !condition() {
        guard ContinuousClock.now < limit else { return false }
        try await Task.sleep(for: pause)
        pause = min(pause * 1.25, longestPause)
    }
    return true
}

/// Processes, other than this one, that work in a directory or name it in their arguments or environment.
package func processes(using directory: FilePath) -> [String] {
    let name = Data(directory.string.utf8)
    // Tests ask this thousands of times, of hundreds of processes: bytes are searched as they are.
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { entry in
        guard let process = Int32(entry), process != getpid() else { return nil }
        func read(_ file: String) -> Data { FileManager.default.contents(atPath: "/proc/\(process)/\(file)") ?? Data() }
        let words = read("cmdline")
        // A process that has ended and waits to be collected has no words.
        guard !words.isEmpty else { return nil }
        let place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) ?? ""
        guard place.contains(directory.string) || words.range(of: name) != nil || read("environ").range(of: name) != nil
        else { return nil }
        return "\(process): \(String(decoding: words.map { $0 == 0 ? 32 : $0 }, as: UTF8.self))"
    }
}
