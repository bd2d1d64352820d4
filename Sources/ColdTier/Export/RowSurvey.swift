import Rows

/// Digest and times of rows. They are computed in the same way for rows from the database and for rows from a file.
struct RowSurvey: Sendable {
    private(set) var digest = TableDigest()
    private(set) var times = TimeRange()
    private let timeIndex: Int
    private let columns: Int

    /// - Parameters:
    ///   - timeIndex: position of the time column in a row; 0-based.
    ///   - columns: how many fields a row has.
    init(timeIndex: Int, columns: Int) {
        self.timeIndex = timeIndex
        self.columns = columns
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
    }

    /// Digest and times in the form that a manifest holds.
    var contents: PartContents {
        PartContents(
            digest: digest, minimum: times.minimum.map(\.description), maximum: times.maximum.map(\.description))
    }
}
