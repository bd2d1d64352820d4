/// Units that are free, and those who wait for some: first those who say that they are to be first, then first come, first served.
actor Limit {
    private var free: Int
    private var waiting: [(units: Int, isFirst: Bool, continuation: CheckedContinuation<Void, Never>)] = []

    init(_ units: Int) { free = units }

    fileprivate func begin(_ units: Int, first: Bool) async {
        if waiting.isEmpty, free >= units {
            free -= units
        } else {
            await withCheckedContinuation { continuation in
                let place = first ? waiting.firstIndex { !$0.isFirst } : nil
                waiting.insert((units, first, continuation), at: place ?? waiting.endIndex)
            }
        }
    }

    fileprivate func end(_ units: Int) {
        free += units
        while let first = waiting.first, first.units <= free {
            free -= first.units
            waiting.removeFirst().continuation.resume()
        }
    }
}

/// Waits for units of a limit, and holds them for the length of `body`.
/// - Parameter first: goes before others who wait, too.
func holding<Result>(
    _ units: Int, of limit: Limit, first: Bool = false, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
) async rethrows -> Result {
    await limit.begin(units, first: first)
    do {
        let result = try await body()
        await limit.end(units)
        return result
    } catch {
        await limit.end(units)
        throw error
    }
}
