import Foundation
import Synchronization
import Testing

/// The one limit of what tests do at the same time. Tests run all at once otherwise, and each would be as slow as all
/// together.
///
/// Who starts a server or a heavy program holds a turn for it. Who holds one already goes on at once: a test whose desk
/// runs a server next to its drills never waits for itself.
package enum Turn {
    /// How much of the machine something takes.
    package enum Weight: Sendable {
        /// A server, its clients, and the drills of one test.
        case server
        /// The same for most of a minute. Begun last, it would run alone at the end.
        case long
        /// A program that keeps several processors busy, such as Spark. It takes long, too.
        case heavy

        fileprivate var units: Int { self == .heavy ? 2 : 1 }
    }

    @TaskLocal private static var isHeld = false

    /// More servers than this make every test slow, and the tests no faster: a server waits for its clients half of the time.
    private static let limit = Limit(3 * ProcessInfo.processInfo.activeProcessorCount)

    /// Goes on without waiting for a turn: for what tests that hold one may wait for.
    package static func exempt<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result {
        try await $isHeld.withValue(true) { try await body() }
    }

    /// Waits for a turn, and holds it for the length of `body`.
    package static func take<Result>(
        _ weight: Weight = .server, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result {
        guard !isHeld else { return try await body() }
        return try await holding(weight.units, of: limit, first: weight != .server) {
            let began = ContinuousClock.now
            defer { TurnTimes.add(ContinuousClock.now - began) }
            return try await $isHeld.withValue(true) { try await body() }
        }
    }
}

/// How long each test held turns. How long a test took says nothing: most of the time it waits for others.
private enum TurnTimes {
    private static let times = Mutex<[String: Duration]>([:])

    /// Where `PGASSAY_TEST_TIMES` says: seconds and the name of a test, a line for each, written when this process ends.
    private static let file: String? = {
        let file = ProcessInfo.processInfo.environment["PGASSAY_TEST_TIMES"]
        if file != nil { atexit { write() } }
        return file
    }()

    static func add(_ time: Duration) {
        guard file != nil, let test = Test.current else { return }
        let name = "\(test.sourceLocation.fileName.replacing(".swift", with: "")) \(test.name)"
        times.withLock { $0[name, default: .zero] += time }
    }

    private static func write() {
        guard let file else { return }
        let lines = times.withLock { $0 }.map { "\($1 / .seconds(1))\t\($0)\n" }
        do {
            try lines.joined().write(toFile: file, atomically: false, encoding: .utf8)
        } catch {
            print("\(file) cannot be written: \(error)")
        }
    }
}
