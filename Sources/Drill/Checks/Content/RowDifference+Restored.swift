import Manifest
import Postgres
import Rows

extension RowDifference {
    /// How a restored table differs, in words; they name no value of a row, but for keys where a plan wants some. Reads the table once
    /// more, and once again for keys.
    /// - Parameters:
    ///   - copy: gives its rows, with the columns of the source in their order.
    ///   - exampleKeys: how many keys of rows that are there may be named.
    /// - Returns: nil where the manifest has nothing to compare single rows with.
    static func words(
        _ source: SourceManifest.Table, copy: String, exampleKeys: Int, over session: Session
    ) async throws -> String? {
        guard let empty = source.emptyRows else { return nil }
        let restored = try await session.readingRows(copy) { session in
            var sum = empty
            try await session.copyOut(copy) { sum.add(row: $0) }
            return sum
        }
        guard let difference = RowDifference(source, to: restored) else { return nil }
        guard exampleKeys > 0, !source.key.isEmpty, let added = difference.entries?.added, !added.isEmpty else {
            return difference.words
        }
        let key = RowKey(columns: source.columns.count, key: source.keyPositions, order: nil)
        let found = try await keys(Set(added.map(\.key)), key, copy, atMost: exampleKeys, over: session)
        return "\(difference.words); \(source.key.joined(separator: ", ")): \(found.joined(separator: "; "))"
    }

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
