/// The keys of several sets in ascending order.
struct KeyMerge {
    private var sources: [Source] = []
    /// A heap of the sources that have a key, by that key.
    private var heap: [Int] = []

    /// Bytes that all buffers together may have, and each at most.
    private static let memory = 16 << 20
    private static let largest = 64 << 10

    /// - Throws: ``KeyStoreError``.
    init(_ sets: [KeySet]) throws(KeyStoreError) {
        let runs = sets.reduce(0) { $0 + $1.runs.count }
        let buffer = max(4096, min(Self.largest, Self.memory / max(1, runs))) / MemoryLayout<UInt128>.stride
        for set in sets {
            if let failure = set.store.failure { throw failure }
            set.keys.sortKeys()
            sources.append(Source(set.keys))
            for run in set.runs { sources.append(Source(run, set.store, buffer)) }
        }
        for index in sources.indices where try sources[index].fill() { push(index) }
    }

    /// The next key; nil at the end.
    mutating func next() throws(KeyStoreError) -> UInt128? {
        guard let first = heap.first else { return nil }
        let key = sources[first].key
        if try !sources[first].advance() {
            let last = heap.removeLast()
            if heap.isEmpty { return key }
            heap[0] = last
        }
        sink(0)
        return key
    }

    private mutating func push(_ source: Int) {
        heap.append(source)
        var index = heap.count - 1
        while index > 0, isBefore(index, (index - 1) / 2) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    @inline(__always)
    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            let left = 2 * index + 1
            if left < heap.count, isBefore(left, least) { least = left }
            if left + 1 < heap.count, isBefore(left + 1, least) { least = left + 1 }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }

    private func isBefore(_ one: Int, _ other: Int) -> Bool { sources[heap[one]].key < sources[heap[other]].key }

    /// Sorted keys, in memory or in the file.
    private struct Source {
        private var keys: [UInt128]
        private var index = 0
        private var rest: (run: KeyRun, store: KeyStore, buffer: Int)?

        init(_ keys: [UInt128]) { self.keys = keys }

        init(_ run: KeyRun, _ store: KeyStore, _ buffer: Int) {
            keys = []
            rest = (run, store, buffer)
        }

        /// The first key that is left.
        var key: UInt128 { keys[index] }

        /// - Returns: false where no key is left.
        mutating func advance() throws(KeyStoreError) -> Bool {
            index += 1
            return try fill()
        }

        /// Reads more keys if none is in memory.
        mutating func fill() throws(KeyStoreError) -> Bool {
            if index < keys.count { return true }
            guard let (run, store, buffer) = rest, run.count > 0 else { return false }
            let count = min(buffer, run.count)
            keys = try [UInt128](unsafeUninitializedCapacity: count) { keys, filled throws(KeyStoreError) in
                let bytes = UnsafeMutableRawBufferPointer(
                    start: keys.baseAddress, count: count * MemoryLayout<UInt128>.stride)
                try store.read(bytes, at: run.offset)
                filled = count
            }
            index = 0
            let size = Int64(count * MemoryLayout<UInt128>.stride)
            rest?.run = KeyRun(offset: run.offset + size, count: run.count - count)
            return true
        }
    }
}
