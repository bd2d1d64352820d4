extension [UInt128] {
    /// Sorts keys. Keys of numbers often come in order, and often in a narrow range.
    mutating func sortKeys() {
        if zip(self, dropFirst()).allSatisfy({ $0 <= $1 }) { return }
        let count = count
        withUnsafeMutableBufferPointer { keys in
            let spare = UnsafeMutableBufferPointer<UInt128>.allocate(capacity: count)
            defer { spare.deallocate() }
            spare.initialize(repeating: 0)
            keys.sortKeys(spare)
        }
    }
}

extension UnsafeMutableBufferPointer<UInt128> {
    /// So many of the highest bits in which keys differ tell them apart in one step: a group then has a few keys, if they are hashes.
    private var step: Int { Swift.min(11, Swift.max(4, Int.bitWidth - count.leadingZeroBitCount - 3)) }

    /// Puts the keys into groups by the highest bits in which some of them differ, and sorts each group in the same way. Hashes
    /// differ in all bits, so their groups are small at once; numbers soon have no bit left in which they differ.
    /// - Parameter spare: as many places, for anything.
    fileprivate func sortKeys(_ spare: UnsafeMutableBufferPointer<UInt128>) {
        guard count > 24 else { return insertionSort() }
        let first = self[0]
        let differing = reduce(0) { $0 | ($1 ^ first) }
        guard differing != 0 else { return }
        let step = step
        let shift = Swift.max(0, 128 - differing.leadingZeroBitCount - step)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << step) { ends in
            ends.initialize(repeating: 0)
            func group(_ key: UInt128) -> Int { Int(truncatingIfNeeded: key >> UInt128(shift)) & (ends.count - 1) }
            for key in self { ends[group(key)] += 1 }
            var start = 0
            for index in ends.indices {
                let size = ends[index]
                ends[index] = start
                start += size
            }
            for key in self {
                let place = group(key)
                spare[ends[place]] = key
                ends[place] += 1
            }
            _ = update(fromContentsOf: spare)
            start = 0
            for end in ends where end > start {
                Self(rebasing: self[start..<end]).sortKeys(Self(rebasing: spare[start..<end]))
                start = end
            }
        }
    }

    private func insertionSort() {
        for index in indices.dropFirst() {
            let key = self[index]
            var place = index
            while place > 0, key < self[place - 1] {
                self[place] = self[place - 1]
                place -= 1
            }
            self[place] = key
        }
    }
}
