import Findings
import Manifest
import Rows

/// How rows differ from those that the source had: how many, and in which ranges of the key.
package struct RowDifference: Sendable {
    /// The rest of a sentence; it names no value of a row.
    package let words: String
    /// The rows that differ; nil if there are too many to be told.
    let entries: RowSketch.Difference?

    /// - Parameter found: the rows that are there, taken by ``Manifest/SourceManifest/Table/emptyRows``.
    /// - Returns: nil where the manifest has no rows to compare with.
    package init?(_ source: SourceManifest.Table, to found: KeyedRows) {
        guard let rows = source.rows else { return nil }
        entries = rows.rowSketch?.difference(to: found.sketch)
        let count = Self.count(rows.digest, found.digest, entries, hasKey: !source.key.isEmpty)
        words = [count, Self.place(source, rows, found)].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    // MARK: How many

    private static func count(
        _ source: TableDigest, _ found: TableDigest, _ difference: RowSketch.Difference?, hasKey: Bool
    ) -> String {
        guard let difference else {
            let rows = found.rows - source.rows
            if rows == 0 { return "as many rows, and more of them are different than can be counted" }
            return rows < 0
                ? "\(counted(-rows, "row is", "rows are")) missing at least"
                : "\(counted(rows, "row is", "rows are")) too many at least"
        }
        let changed = hasKey ? Set(difference.missing.map(\.key)).intersection(difference.added.map(\.key)).count : 0
        let (missing, added) = (difference.missing.count - changed, difference.added.count - changed)
        let words = [
            changed > 0 ? "\(counted(changed, "row is", "rows are")) changed" : nil,
            missing > 0 ? "\(counted(missing, "row is", "rows are")) missing" : nil,
            added > 0 ? "\(counted(added, "row is", "rows are")) there that the source did not have" : nil,
        ].compactMap { $0 }
        return words.joined(separator: ", ")
    }

    // MARK: Where

    private static func place(
        _ source: SourceManifest.Table, _ rows: SourceManifest.Rows, _ found: KeyedRows
    ) -> String {
        guard let column = source.key.first else { return "in which rows is not told: the table has no primary key" }
        guard let ranges = rows.ranges, let expected = ranges.keyRanges else {
            let type = source.keyPositions.first.map { source.columns[$0].type } ?? "an unknown type"
            return "in which range of \(column) is not told: keys of the type \(type) are not divided into ranges"
        }
        let different = zip(expected.parts, found.ranges.parts).filter { $0.digest != $1.digest }
        var names = different.map { part, _ in
            part.first == part.last
                ? ranges.order.text(part.first) : "\(ranges.order.text(part.first)) to \(ranges.order.text(part.last))"
        }
        if expected.elsewhere != found.ranges.elsewhere { names.append("outside of all ranges that the source had") }
        return names.isEmpty ? "" : "in \(column) \(firstOf(names))"
    }
}
