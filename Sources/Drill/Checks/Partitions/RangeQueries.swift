import Foundation

/// Asks the server to compare the bounds of a table's partitions, in the key's own types and order.
struct RangeQueries: Sendable {
    let keys: [PartitionedTable.Key]
    let bounds: [RangeBound]

    /// Nil where the server cannot be asked: the key is of a type whose values cannot be written down.
    init?(_ table: PartitionedTable, _ bounds: [RangeBound]) {
        guard table.keys.allSatisfy({ !$0.type.isEmpty && !$0.less.isEmpty && !$0.equal.isEmpty }),
            bounds.allSatisfy({ $0.lower.count == table.keys.count })
        else { return nil }
        keys = table.keys
        self.bounds = bounds
    }

    /// Neighbours that do not meet, by position in `bounds`: `a` ends before or behind where the next one, `b`, begins.
    var breaks: String {
        let low = keys.indices.flatMap { index in
            ["lk\(index)", "lv\(index) USING \(keys[index].less)"]
        }
        let next = keys.indices.flatMap { index in
            ["lead(lk\(index)) OVER w AS nk\(index)", "lead(lv\(index)) OVER w AS nv\(index)"]
        }
        return """
            SELECT a, b, \(overlaps(0)) AS overlaps
            FROM (SELECT *, lead(a) OVER w AS b, \(next.joined(separator: ", "))
                  FROM \(list) WINDOW w AS (ORDER BY \(low.joined(separator: ", ")))) pair
            WHERE b IS NOT NULL AND NOT \(meets(0))
            """
    }

    /// Whether a partition takes rows of a time; the key must be one column of times.
    func covers(_ time: Date) -> String {
        let value = "pg_catalog.to_timestamp(\(time.timeIntervalSince1970))::\(keys[0].type)"
        return """
            SELECT EXISTS (SELECT FROM \(list)
                WHERE (lk0 < 0 OR lk0 = 0 AND lv0 <= \(value)) AND (hk0 > 0 OR hk0 = 0 AND \(value) < hv0)) AS covers
            """
    }

    // MARK: Bounds in SQL

    /// The bounds as rows: `a` is the position; then for each column of the key the lower edge and the upper one, each as a
    /// kind (-1 before all values, 0 a value, 1 behind all values) and a value. The server compares edges in the same way
    /// (`partition_rbound_cmp` in its source), so that order of kinds first and values second is the order of bounds.
    private var list: String {
        let rows = bounds.enumerated().map { position, bound in
            let edges = keys.indices.flatMap { index in
                [sql(bound.lower[index], keys[index]), sql(bound.upper[index], keys[index])]
            }
            return "(\(position), \(edges.joined(separator: ", ")))"
        }
        let names = keys.indices.flatMap { ["lk\($0)", "lv\($0)", "hk\($0)", "hv\($0)"] }
        return "(VALUES \(rows.joined(separator: ", "))) bound (a, \(names.joined(separator: ", ")))"
    }

    private func sql(_ edge: RangeBound.Edge, _ key: PartitionedTable.Key) -> String {
        let (kind, literal) =
            switch edge {
            case .minimum: (-1, "NULL")
            case .value(let literal): (0, literal)
            case .maximum: (1, "NULL")
            }
        return "\(kind), (\(literal))::\(key.type)\(key.collation)"
    }

    /// The next lower bound is this upper one. Behind an edge that is no value, the rest does not matter.
    private func meets(_ index: Int) -> String {
        guard index < keys.count else { return "true" }
        let same = "nv\(index) \(keys[index].equal) hv\(index) AND \(meets(index + 1))"
        return "(nk\(index) = hk\(index) AND (hk\(index) <> 0 OR \(same)))"
    }

    /// The next lower bound lies before this upper one.
    private func overlaps(_ index: Int) -> String {
        guard index < keys.count else { return "false" }
        let (low, high) = ("nv\(index)", "hv\(index)")
        let later = "\(low) \(keys[index].equal) \(high) AND \(overlaps(index + 1))"
        return """
            (nk\(index) < hk\(index) OR nk\(index) = hk\(index) AND hk\(index) = 0 \
            AND (\(low) \(keys[index].less) \(high) OR \(later)))
            """
    }
}
