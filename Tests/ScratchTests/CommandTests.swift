import Foundation
import Processes
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Scratch

@Suite struct CommandTests {
    @Test func collectsOutputAndExitCode() async throws {
        let outcome = try await Command("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"]).run(
            deadline: .seconds(600))
        #expect(outcome.exitCode == 3)
        #expect(outcome.output == "out\n")
        #expect(outcome.errorOutput == "err\n")
        #expect(!outcome.succeeded)
    }

    @Test func inheritsNothing() async throws {
        setenv("PGASSAY_TEST_SECRET", "secret", 1)
        let outcome = try await Command("/usr/bin/env", []).run(deadline: .seconds(600))
        #expect(!outcome.output.contains("secret"))
    }

    @Test func deadlineEndsAChildThatIgnoresSigterm() async throws {
        let outcome = try await Command("/bin/sh", ["-c", "trap '' TERM; while :; do sleep 1; done"])
            .run(deadline: .milliseconds(300))
        #expect(outcome.timedOut)
        #expect(outcome.signal == 9)
    }

    /// Without outputs nothing is heard of it any more, and it must not outlive its deadline for that.
    @Test func deadlineEndsAChildThatClosesItsOutputs() async throws {
        let child = Command("/bin/sh", ["-c", "exec >&- 2>&-; exec sleep 600"])
        let outcome = try await child.run(deadline: .seconds(1))
        #expect(outcome.timedOut)
        #expect(outcome.signal == 15)
        let streamed = try await child.stream(patience: .seconds(1)) { _ in }
        #expect(streamed.timedOut)
    }

    @Test func aChildThatClosesItsOutputsAndEndsInTimeSucceeds() async throws {
        let outcome = try await Command("/bin/sh", ["-c", "echo 1; exec >&- 2>&-; sleep 0.5; exit 3"])
            .run(deadline: .seconds(300))
        #expect(!outcome.timedOut)
        #expect(outcome.exitCode == 3)
        #expect(outcome.output == "1\n")
    }

    @Test func cancellationEndsTheChildAndItsChildren() async throws {
        let marker = "31.\(Int.random(in: 100_000...999_999))"
        let task = Task {
            try await Command("/bin/sh", ["-c", "sleep \(marker) & sleep \(marker)"]).run(deadline: .seconds(600))
        }
        try await eventually("the children run") { try running(marker) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        // Orphans of the group die by the same signal, but nobody here is told when.
        try await eventually("the children end") { try !running(marker) }
    }

    private func running(_ marker: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { process in
            guard Int32(process) != nil, let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
            else {
                return false
            }
            return String(decoding: line, as: UTF8.self) == "sleep\0\(marker)\0"
        }
    }

    @Test func inputReachesTheChild() async throws {
        let outcome = try await Command("/usr/bin/wc", ["-c"]).run(
            deadline: .seconds(600),
            input: { writer in
                for _ in 0..<100 { _ = try await writer.write([UInt8](repeating: 65, count: 10_000)) }
            })
        #expect(outcome.output == "1000000\n")
    }

    @Test func aChildThatStopsReadingIsNoDeadlock() async throws {
        let outcome = try? await Command("/bin/true", []).run(
            deadline: .seconds(600),
            input: { writer in
                for _ in 0..<100 { _ = try await writer.write([UInt8](repeating: 65, count: 100_000)) }
            })
        #expect(outcome == nil || outcome?.exitCode == 0)
    }

    /// Its input never ends: it would wait for the rest, and we for it.
    @Test func aSourceThatFailsEndsTheChild() async throws {
        struct Lost: Error {}
        var count = 0
        await #expect(throws: Lost.self) {
            _ = try await Command("/bin/cat", []).filter(
                deadline: .seconds(600),
                input: { writer in
                    _ = try await writer.write([UInt8](repeating: 65, count: 10))
                    throw Lost()
                }, output: { count += $0.count })
        }
        #expect(count <= 10)
        await #expect(throws: Lost.self) {
            _ = try await Command("/bin/cat", []).run(deadline: .seconds(600), input: { _ in throw Lost() })
        }
    }

    @Test func outputIsHandedOnWholeAndInOrder() async throws {
        var (count, sum) = (0, 0)
        let outcome = try await Command("/usr/bin/seq", ["1", "300000"]).stream(patience: .seconds(600)) { bytes in
            count += bytes.count
            for byte in bytes { sum = (sum &* 31 &+ Int(byte)) % 1_000_003 }
        }
        #expect(outcome.succeeded)
        #expect(outcome.output == "", "nothing is kept")
        let expected = (1...300_000).map { "\($0)\n" }.joined().utf8
        #expect(count == expected.count)
        #expect(sum == expected.reduce(0) { ($0 &* 31 &+ Int($1)) % 1_000_003 })
    }

    @Test func aSilentChildIsStoppedAndASlowReaderIsNot() async throws {
        let clock = HandClock()
        let slow = try await Command("/bin/sh", ["-c", "echo 1; sleep 0.3; echo 2"])
            .stream(patience: .seconds(600), clock: clock) { _ in
                // Longer than the child may be silent, and who waits for that is given the time to see it.
                clock.advance(by: .seconds(601))
                try await Task.sleep(for: .milliseconds(200))
            }
        #expect(slow.succeeded)
        let silent = try await Command("/bin/sh", ["-c", "echo 1; exec sleep 3600"]).stream(
            patience: .milliseconds(300)
        ) {
            _ in
        }
        #expect(silent.timedOut)
        #expect(!silent.succeeded)
    }

    @Test func anErrorOfTheReaderEndsTheChild() async throws {
        let marker = "61.\(Int.random(in: 100_000...999_999))"
        await #expect(throws: CocoaError.self) {
            try await Command("/bin/sh", ["-c", "echo 1; exec sleep \(marker)"]).stream(patience: .seconds(600)) { _ in
                throw CocoaError(.userCancelled)
            }
        }
        #expect(try !running(marker))
    }

    @Test func linesAreCutAndBounded() {
        var splitter = LineSplitter(limit: 4)
        #expect(splitter.lines(adding: Array("ab\ncdefgh".utf8)) == ["ab"])
        #expect(splitter.lines(adding: Array("ij\n\nk".utf8)) == ["cdef", ""])
        #expect(splitter.rest() == "k")
        #expect(splitter.rest() == nil)
    }
}

/// A clock that goes on when it is told to.
private final class HandClock: Clock {
    struct Instant: InstantProtocol {
        var time: Duration

        func advanced(by duration: Duration) -> Instant { Instant(time: time + duration) }
        func duration(to other: Instant) -> Duration { other.time - time }
        static func < (one: Instant, other: Instant) -> Bool { one.time < other.time }
    }

    private let time = Mutex(Duration.zero)

    var now: Instant { Instant(time: time.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func advance(by duration: Duration) { time.withLock { $0 += duration } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        while now < deadline { try await Task.sleep(for: .milliseconds(5)) }
    }
}
