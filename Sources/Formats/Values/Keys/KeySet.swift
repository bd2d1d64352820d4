/// Keys of some rows.
struct CollectedKeys {
    var keys: [UInt128] = []
    /// Rows in which some column is NULL, and of these the rows in which some other is not.
    var nulls: Int64 = 0
    var partialNulls: Int64 = 0
    /// Rows whose key could not be read.
    var unreadable: Int64 = 0

    /// Keeps the memory.
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        (nulls, partialNulls, unreadable) = (0, 0, 0)
    }
}

/// The keys of one list of columns of one table, or of a partition of it: as many of each as there are rows. Several threads may
/// add keys; what it holds is asked when all of them have ended.
package final class KeySet {
    /// The store has the set, and not the other way round.
    unowned let store: KeyStore
    /// Of the hashes of keys.
    let seed: UInt64
    /// Those that are in memory, in any order. Only under the store's lock, as all that follows.
    var keys: [UInt128] = []
    var runs: [KeyRun] = []
    /// Rows in which some column is NULL, and of these the rows in which some other is not.
    package private(set) var nulls: Int64 = 0
    package private(set) var partialNulls: Int64 = 0
    /// Rows whose key could not be read.
    package private(set) var unreadable: Int64 = 0

    init(_ store: KeyStore) { (self.store, seed) = (store, store.seed) }

    /// Rows that have a key.
    package var rows: Int64 { runs.reduce(Int64(keys.count)) { $0 + Int64($1.count) } }

    /// Bytes of memory.
    var memory: Int { keys.capacity * MemoryLayout<UInt128>.stride }

    func add(_ found: CollectedKeys) {
        store.whileAlone {
            if keys.count + found.keys.count > keys.capacity { store.makeRoom(for: self) }
            keys.append(contentsOf: found.keys)
            nulls += found.nulls
            partialNulls += found.partialNulls
            unreadable += found.unreadable
        }
    }
}
