/// Units that are free, and those who wait for some: heavy ones first, then first come, first served. What is heavy takes
/// long; begun last, it would run alone at the end.
actor Limit {
    private var free: Int
    private var waiting: [(units: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(_ units: Int) { free = units }

    fileprivate func begin(_ units: Int) async {
        if waiting.isEmpty, free >= units {
            free -= units
        } else {
            await withCheckedContinuation { continuation in
                let place = waiting.firstIndex { $0.units < units } ?? waiting.endIndex
                waiting.insert((units, continuation), at: place)
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
func holding<Result>(
    _ units: Int, of limit: Limit, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
) async rethrows -> Result {
    await limit.begin(units)
    do {
        let result = try await body()
        await limit.end(units)
        return result
    } catch {
        await limit.end(units)
        throw error
    }
}
