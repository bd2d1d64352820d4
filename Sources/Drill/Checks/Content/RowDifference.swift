import Findings
import Manifest
import Postgres
import Rows

/// How the rows of a restored table differ from those that the source had: how many, and in which ranges of the key.
struct RowDifference: Sendable {
    /// The rest of a sentence; it names no value of a row, but for keys where a plan wants some.
    let words: String

    /// Reads the table once more, and once again for keys.
    /// - Parameters:
    ///   - copy: gives its rows, with the columns of the source in their order.
    ///   - exampleKeys: how many keys of rows that are there may be named.
    /// - Returns: nil where the manifest has nothing to compare single rows with.
    init?(_ source: SourceManifest.Table, copy: String, exampleKeys: Int, over session: Session) async throws {
        guard let rows = source.rows else { return nil }
        let key = source.keyPositions
        let rowKey = RowKey(columns: source.columns.count, key: key, order: rows.ranges?.order)
        let expected = rows.ranges?.keyRanges
        var restored = KeyedRows(rowKey, expected.map { KeyRanges(like: $0) } ?? KeyRanges(atMost: 1))
        restored = try await session.readingRows(copy) { [restored] session in
            var sum = restored
            try await session.copyOut(copy) { sum.add(row: $0) }
            return sum
        }
        let difference = rows.rowSketch?.difference(to: restored.sketch)
        var parts = [Self.count(rows.digest, restored.digest, difference, hasKey: !key.isEmpty)]
        if let ranges = rows.ranges, let expected {
            parts.append(Self.places(expected, restored.ranges, ranges.order, source.key[0]))
        }
        if exampleKeys > 0, !key.isEmpty, let difference, !difference.added.isEmpty {
            let hashes = Set(difference.added.map(\.key))
            let found = try await Self.keys(hashes, rowKey, copy, atMost: exampleKeys, over: session)
            parts.append("\(source.key.joined(separator: ", ")): \(found.joined(separator: "; "))")
        }
        words = parts.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    // MARK: How many

    private static func count(
        _ source: TableDigest, _ restored: TableDigest, _ difference: RowSketch.Difference?, hasKey: Bool
    ) -> String {
        guard let difference else {
            let rows = restored.rows - source.rows
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

    private static func places(
        _ source: KeyRanges, _ restored: KeyRanges, _ order: KeyOrder, _ column: String
    ) -> String {
        let different = zip(source.parts, restored.parts).filter { $0.digest != $1.digest }
        var names = different.map { part, _ in
            part.first == part.last
                ? order.text(part.first) : "\(order.text(part.first)) to \(order.text(part.last))"
        }
        if source.elsewhere != restored.elsewhere { names.append("outside of all ranges that the source had") }
        return names.isEmpty ? "" : "in \(column) \(firstOf(names))"
    }

    // MARK: Which

    private static func keys(
        _ hashes: Set<UInt64>, _ key: RowKey, _ copy: String, atMost most: Int, over session: Session
    ) async throws -> [String] {
        try await session.readingRows(copy) { session in
            var found: [String] = []
            try await session.copyOut(copy) { row in
                guard found.count < most, hashes.contains(key.hash(of: row)) else { return }
                found.append(String(decoding: key.text(of: row), as: UTF8.self).replacing("\t", with: ", "))
            }
            return found
        }
    }
}
