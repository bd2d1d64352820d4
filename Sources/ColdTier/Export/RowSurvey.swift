import Rows

/// What rows come to: their digest and their times. The same whether they come from the database or from a file.
struct RowSurvey: Sendable {
    private(set) var digest = TableDigest()
    private(set) var times = TimeRange()
    private let timeIndex: Int
    private let columns: Int

    /// - Parameters:
    ///   - timeIndex: where the time stands in a row; 0-based.
    ///   - columns: how many fields a row has.
    init(timeIndex: Int, columns: Int) {
        self.timeIndex = timeIndex
        self.columns = columns
    }

    /// Adds a row in canonical form.
    /// - Throws: ``RowError`` when it has no time where it should.
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

    /// As a manifest has them.
    var contents: PartContents {
        PartContents(
            digest: digest, minimum: times.minimum.map(\.description), maximum: times.maximum.map(\.description))
    }
}
