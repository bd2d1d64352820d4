/// What sets of keys say of a constraint.
package enum KeyQuestions {
    /// Keys that are there more than once.
    /// - Returns: how many such keys there are, and how many rows have them beyond the first of each.
    /// - Throws: ``KeyStoreError``.
    package static func duplicates(_ sets: [KeySet]) throws(KeyStoreError) -> (keys: Int64, rows: Int64) {
        var merge = try KeyMerge(sets)
        var (keys, rows): (Int64, Int64) = (0, 0)
        var last: UInt128?
        var isCounted = false
        while let key = try merge.next() {
            if key == last {
                rows += 1
                if !isCounted { keys += 1 }
                isCounted = true
            } else {
                last = key
                isCounted = false
            }
        }
        return (keys, rows)
    }

    /// Rows whose key no referenced row has.
    /// - Throws: ``KeyStoreError``.
    package static func orphans(of referencing: [KeySet], among referenced: [KeySet]) throws(KeyStoreError) -> Int64 {
        var children = try KeyMerge(referencing)
        var parents = try KeyMerge(referenced)
        var parent = try parents.next()
        var orphans: Int64 = 0
        while let child = try children.next() {
            while let key = parent, key < child { parent = try parents.next() }
            if parent != child { orphans += 1 }
        }
        return orphans
    }
}
