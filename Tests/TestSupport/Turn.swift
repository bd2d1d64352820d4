import Foundation

/// The one limit of what tests do at the same time. Tests run all at once otherwise, and each would be as slow as all
/// together.
///
/// Who starts a server or a heavy program holds a turn for it. Who holds one already goes on at once: a test whose desk
/// runs a server next to its drills never waits for itself.
package enum Turn {
    /// How much of the machine something takes.
    package enum Weight: Int, Sendable {
        /// A server, its clients, and the drills of one test.
        case server = 1
        /// A program that keeps several processors busy, such as Spark.
        case heavy = 2
    }

    @TaskLocal private static var isHeld = false

    /// More servers than this make every test slow, and the tests no faster: a server waits for its clients half of the time.
    private static let limit = Limit(max(3, 2 * ProcessInfo.processInfo.activeProcessorCount))

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
        await limit.begin(weight.rawValue)
        do {
            let result = try await $isHeld.withValue(true) { try await body() }
            await limit.end(weight.rawValue)
            return result
        } catch {
            await limit.end(weight.rawValue)
            throw error
        }
    }
}

/// Units that are free, and those who wait for some, first come, first served.
private actor Limit {
    private var free: Int
    private var waiting: [(units: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(_ units: Int) { free = units }

    func begin(_ units: Int) async {
        if waiting.isEmpty, free >= units {
            free -= units
        } else {
            await withCheckedContinuation { waiting.append((units, $0)) }
        }
    }

    func end(_ units: Int) {
        free += units
        while let first = waiting.first, first.units <= free {
            free -= first.units
            waiting.removeFirst().continuation.resume()
        }
    }
}
