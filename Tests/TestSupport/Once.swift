import Synchronization

/// A value that is expensive to make, made once for all tests that ask for it, however many ask at the same time.
package final class Once<Value: Sendable>: Sendable {
    private let make: @Sendable () async throws -> Value
    private let task = Mutex<Task<Value, any Error>?>(nil)

    package init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

    package var value: Value {
        get async throws {
            let running = task.withLock { task in
                let running = task ?? Task { [make] in try await make() }
                task = running
                return running
            }
            return try await running.value
        }
    }
}
