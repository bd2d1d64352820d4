import Bytes
import Rows

/// Looks at each row of a table: judges its values, and collects its keys.
package final class RowInspector {
    package let columns: [InspectedColumn]
    private let encoding: ValueEncoding
    private var inspectors: [ColumnInspector]
    private let collectors: [KeyCollector]
    private var buffer = ByteBuffer()
    /// Rows that were too long to be held.
    package private(set) var unread: Int64 = 0

    /// - Parameters:
    ///   - columns: one for each field of a row.
    ///   - keys: the lists of columns whose keys are collected, by their indices; each column has a kind of key.
    package init(
        _ columns: [InspectedColumn], keys: [(columns: [Int], set: KeySet)] = [], encoding: ValueEncoding = .utf8
    ) {
        self.columns = columns
        self.encoding = encoding
        inspectors = columns.map(ColumnInspector.init)
        collectors = keys.map { key in
            KeyCollector(key.columns.map { ($0, columns[$0].keyKind!) }, into: key.set)
        }
    }

    /// Takes a row that has a field for each column.
    package func take(_ row: borrowing RowFields) {
        let fields = row.all
        precondition(fields.count == columns.count || columns.isEmpty)
        inspectors.withUnsafeMutableBufferPointer { inspectors in
            for index in inspectors.indices { inspectors[index].take(fields[index], encoding, &buffer) }
        }
        for collector in collectors { collector.take(fields, &buffer) }
    }

    /// Notes a row that is too long to be held. Its values and its keys are not known.
    package func passOver() {
        unread += 1
        for collector in collectors { collector.passOver() }
    }

    /// Call at the end of the rows: hands over the keys that are still held.
    package func finish() {
        for collector in collectors { collector.flush() }
    }

    /// What was found in each column.
    package var findings: [ColumnFindings] { inspectors.map(\.findings) }
}
