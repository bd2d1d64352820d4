/// The keys of one list of columns of one table, or of a partition of it: as many of each as there are rows.
package final class KeySet {
    /// The store has the set, and not the other way round.
    unowned let store: KeyStore
    /// Those that are in memory, in any order.
    var keys: [UInt128] = []
    var runs: [KeyRun] = []
    /// Rows in which some column is NULL, and of these the rows in which some other is not.
    package private(set) var nulls: Int64 = 0
    package private(set) var partialNulls: Int64 = 0
    /// Rows whose key could not be read.
    package internal(set) var unreadable: Int64 = 0

    init(_ store: KeyStore) { self.store = store }

    /// Rows that have a key.
    package var rows: Int64 { runs.reduce(Int64(keys.count)) { $0 + Int64($1.count) } }

    /// Bytes of memory.
    var memory: Int { keys.capacity * MemoryLayout<UInt128>.stride }

    @inline(__always)
    func add(_ key: UInt128) {
        if keys.count == keys.capacity { store.makeRoom(for: self) }
        keys.append(key)
    }

    func addNull(isPartial: Bool) {
        nulls += 1
        if isPartial { partialNulls += 1 }
    }
}

extension [UInt128] {
    /// Keys of numbers often come in order.
    mutating func sortKeys() {
        if zip(self, dropFirst()).allSatisfy({ $0 <= $1 }) { return }
        sort()
    }
}
