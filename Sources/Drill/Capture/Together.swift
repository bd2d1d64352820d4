/// Runs two things at the same time. If one fails, the other is cancelled.
func together<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () async throws -> First, and second: @escaping @Sendable () async throws -> Second
) async throws -> (First, Second) {
    try await withThrowingTaskGroup(of: OneOf<First, Second>.self) { group in
        group.addTask { .first(try await first()) }
        group.addTask { .second(try await second()) }
        var (one, other): (First?, Second?)
        while let part = try await group.next() {
            switch part {
            case .first(let value): one = value
            case .second(let value): other = value
            }
        }
        guard let one, let other else { preconditionFailure("both have ended") }
        return (one, other)
    }
}

private enum OneOf<First: Sendable, Second: Sendable>: Sendable {
    case first(First)
    case second(Second)
}
