import Rows

/// Digest and times of rows. They are computed in the same way for rows from the database and for rows from a file.
struct RowSurvey: Sendable {
    private(set) var digest = TableDigest()
    /// Of the rows since a row group began.
    private var times = TimeRange()
    private var keys: KeyRange?
    /// Of the row groups before.
    private var timesBefore = TimeRange()
    private var rowsBefore: Int64 = 0
    private let timeIndex: Int
    private let columns: Int
    private let key: OrderedKey?

    /// - Parameter withKeys: also finds out which keys each row group has.
    init(_ form: PartForm, withKeys: Bool) {
        timeIndex = form.timeIndex
        columns = form.columns.count
        key = withKeys ? form.orderedKey : nil
        keys = key.map(KeyRange.init)
    }

    /// Adds a row in canonical form.
    /// - Throws: ``RowError`` if the row has no time column, or no valid time in it.
    @inline(__always)
    mutating func add(_ row: UnsafeRawBufferPointer) throws(RowError) {
        digest.add(row: row)
        guard let field = CopyText.field(at: timeIndex, of: columns, in: row) else {
            throw .malformed(row: digest.rows, what: "there is no time column in it")
        }
        guard times.add(field: field) else {
            throw .malformed(row: digest.rows, what: "its time is no time")
        }
        if keys != nil, let key { keys?.add(key.position(in: row, of: columns)) }
    }

    /// Ends a row group.
    /// - Returns: its rows, their times and keys; its sizes and hash are not known here.
    mutating func endGroup() -> ExportManifest.RowGroup {
        let texts = keys?.texts
        let group = ExportManifest.RowGroup(
            bytes: 0, rawBytes: 0, rows: digest.rows - rowsBefore, sha256: "", minimum: times.minimum?.description,
            maximum: times.maximum?.description, firstKey: texts?.first, lastKey: texts?.last)
        rowsBefore = digest.rows
        timesBefore.add(times)
        times = TimeRange()
        keys = key.map(KeyRange.init)
        return group
    }

    /// Digest and times in the form that a manifest holds.
    var contents: PartContents {
        var times = timesBefore
        times.add(self.times)
        return PartContents(
            digest: digest, minimum: times.minimum.map(\.description), maximum: times.maximum.map(\.description))
    }
}

/// The first column of a primary key, where its values have an order.
struct OrderedKey: Sendable {
    /// Position in a row; 0-based.
    let index: Int
    let order: KeyOrder

    /// - Parameter key: the names of the key's columns.
    /// - Returns: nil if there is no key, or if values of its first column are not numbers, UUIDs or times. Texts are left out:
    ///   they may be about persons, and belong in no manifest.
    init?(of columns: [ExportColumn], _ key: [String]) {
        guard let name = key.first, let index = columns.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }),
            let order = KeyOrder(type: columns[index].base ?? columns[index].type)
        else { return nil }
        self.index = index
        self.order = order
    }

    /// - Returns: nil if it is no value of the type.
    @inline(__always)
    func position(in row: UnsafeRawBufferPointer, of columns: Int) -> UInt64? {
        CopyText.field(at: index, of: columns, in: row).flatMap(order.position)
    }
}

extension ExportManifest.RowGroup {
    /// The places of its smallest and its largest key in their order; nil if the manifest does not say them.
    func keys(in order: KeyOrder) -> (first: UInt64, last: UInt64)? {
        guard let first = firstKey.flatMap(order.position(ofText:)), let last = lastKey.flatMap(order.position(ofText:))
        else { return nil }
        return (first, last)
    }
}

/// The smallest and the largest key of a row group.
private struct KeyRange: Sendable {
    private let order: KeyOrder
    private var range: ClosedRange<UInt64>?
    /// True if a key has no place in the order.
    private var isOpen = false

    init(_ key: OrderedKey) { order = key.order }

    @inline(__always)
    mutating func add(_ position: UInt64?) {
        guard let position else {
            isOpen = true
            return
        }
        guard let known = range else {
            range = position...position
            return
        }
        if position < known.lowerBound { range = position...known.upperBound }
        if known.upperBound < position { range = known.lowerBound...position }
    }

    /// Nil if they say nothing.
    var texts: (first: String, last: String)? {
        guard let range, !isOpen else { return nil }
        return (order.text(range.lowerBound), order.text(range.upperBound))
    }
}
