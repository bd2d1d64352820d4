import Findings
import Postgres

/// The settings of checks in a first plan: what was found in one database.
struct FirstChecks {
    let shape: DatabaseShape

    /// The key `checks`, or a comment where nothing is set.
    var yaml: String {
        let settings = settings
        if settings.isEmpty { return "# Every check that needs no settings runs.\n" }
        return "# Every check that needs no settings runs besides. What each covers: docs/checks.md.\nchecks:\n"
            + settings
    }

    /// What is under that key; empty where nothing is set.
    var settings: String {
        [rowCounts, freshness, documents, partitions, indexes, extensions, security, version]
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var rowCounts: String {
        let counted = shape.tables.compactMap { table -> String? in
            let minimum = Self.roundedDown(table.rows / 2)
            return minimum > 0 ? "    \(Self.key(table.name)): { minimum: \(minimum) }\n" : nil
        }
        if counted.isEmpty { return "" }
        return """
              # Every table is counted. A minimum catches the dump of an empty or half-migrated database: half of the rows that there were.
              row-counts:

            """ + counted.joined()
    }

    /// A table whose newest row is older than this is not written to all the time.
    private static let hot = 30.0 * 86_400

    private var freshness: String {
        let fresh = shape.tables.compactMap { table -> String? in
            guard let newest = table.newest, newest.age < Self.hot else { return nil }
            let hours = max(24, Int((newest.age * 4 / 3600).rounded(.up)))
            let within = hours % 24 == 0 ? "\(hours / 24)d" : "\(hours)h"
            return "    \(Self.key(table.name, newest.column)): { within: \(within) }\n"
        }
        if fresh.isEmpty { return "" }
        return """
              # How much older than the backup the newest row may be. Tables that had new rows in the last month.
              freshness:

            """ + fresh.joined()
    }

    private var documents: String {
        let columns = shape.tables.flatMap { table in
            table.documents.compactMap { column in
                table.documentTypes[column].map { "    \(Self.key(table.name, column)): { type: \($0) }\n" }
            }
        }
        if columns.isEmpty { return "" }
        return """
              # Every JSON value is decoded. Each value must also have the type that all seen values had. With
              # `every`, you can add jsonpath predicates.
              jsonb:

            """ + columns.joined()
    }

    private var partitions: String {
        let partitioned = shape.tables.filter(\.isPartitioned)
        if partitioned.isEmpty { return "" }
        return """
              # Gaps between partitions are looked for. Uncomment what must have partitions for the days to come.
              partitions:

            """ + partitioned.map { "    #\(Self.key($0.name)): { ahead: 7d }\n" }.joined()
    }

    private var indexes: String {
        if shape.indexes.isEmpty { return "" }
        return """
              # Every index is compared with its table. These are used most, and must be there.
              indexes:
                expected:

            """ + shape.indexes.map { "      - \(Self.key($0))\n" }.joined()
    }

    private var extensions: String {
        if shape.extensions.isEmpty { return "" }
        return "  # What the database needs of this machine.\n  extensions:\n"
            + shape.extensions.map { "    \(FirstPlanText.quoted($0)): {}\n" }.joined()
    }

    private var security: String {
        let secured = shape.tables.filter { $0.rowSecurity != nil }
        if secured.isEmpty { return "" }
        return "  # Row-level security must be on: without it, a role sees rows that are not its own.\n  security:\n"
            + secured.map { table in
                let policies = table.policies.map(FirstPlanText.quoted).joined(separator: ", ")
                return
                    "    \(Self.key(table.name)): { rowSecurity: \(table.rowSecurity ?? ""), policies: [\(policies)] }\n"
            }.joined()
    }

    private var version: String {
        guard let table = shape.tables.first(where: { $0.version != nil }), let version = table.version else {
            return ""
        }
        return """
              # If the schema is older, today's application cannot run on it. Raise this with each migration that the application needs.
              schema-version: { table: \(Self.key(table.name)), column: \(FirstPlanText.quoted(version.column)), minimum: \(version.value) }

            """
    }

    // MARK: Words

    /// One digit, and zeros: a number that stays right for some time.
    private static func roundedDown(_ number: Int64) -> Int64 {
        var unit: Int64 = 1
        while number / unit >= 10 { unit *= 10 }
        return number / unit * unit
    }

    /// A name as plans have it: `table`, `schema.table`, each part quoted as in SQL where that is needed.
    private static func key(_ name: TableName, _ column: String? = nil) -> String {
        let parts = (name.schema == "public" ? [] : [name.schema]) + [name.name] + (column.map { [$0] } ?? [])
        return FirstPlanText.quoted(parts.map(part).joined(separator: "."))
    }

    private static func part(_ name: String) -> String {
        name.wholeMatch(of: /[a-z_][a-z0-9_$]*/) != nil ? name : quoteIdentifier(name)
    }
}
