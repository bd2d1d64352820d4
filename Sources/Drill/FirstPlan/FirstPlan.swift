import Findings
import Foundation
import Postgres

/// A first plan for a database, with a comment on each key: what was found there, for a person to correct.
package struct FirstPlan: Sendable {
    package var shape: DatabaseShape
    /// Where the backup is; nil where the person must say it.
    package var backup: String?
    /// How long a restore took, in seconds; nil if nothing was restored.
    package var recoveryTime: Double?
    /// The schema of plans, for editors.
    package var schema: String

    package init(_ shape: DatabaseShape, backup: String? = nil, recoveryTime: Double? = nil, schema: String) {
        self.shape = shape
        self.backup = backup
        self.recoveryTime = recoveryTime
        self.schema = schema
    }

    package var yaml: String { head + objectives + checks }

    // MARK: Parts

    private var head: String {
        """
        # yaml-language-server: $schema=\(schema)
        #
        # A first plan for the database \(Self.comment(shape.database)), as pgassay init found it in PostgreSQL \(Self.comment(shape.serverVersion)). Read it, and correct what
        # does not fit: each key is a demand, and what does not meet it fails the drill.

        name: \(name)

        backup:
          # A dump, a directory dump, a base backup, or a pattern such as /var/backups/shop/*.dump.
          path: \(Self.quoted(backup ?? "/var/backups/\(name)/*.dump"))
          pick: newest

        # Where reports and the ledger of all drills are kept, unless --reports says it. The key is made by: pgassay keys generate --output DIR
        #reports: /var/lib/pgassay/reports
        #signingKey: /etc/pgassay/signing-key.pem

        # Within which time after a drill the next one must start: pgassay status tells if it did not.
        schedule: { within: 8d }


        """
    }

    /// The name of the database, as far as it can name files.
    private var name: String {
        let safe = shape.database.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
        let begun = safe.drop { "-_.".contains($0) }.prefix(64)
        return begun.isEmpty ? "database" : String(begun)
    }

    /// Bytes a second at which a restore is assumed to run, where none was seen.
    private static let assumedRate = 20e6

    private var objectives: String {
        let (limit, why): (Double, String) =
            if let recoveryTime {
                (
                    recoveryTime * 4,
                    "A restore took \(HumanUnits.duration(recoveryTime)) when this was written; this allows four times that."
                )
            } else {
                (
                    Double(shape.bytes) / Self.assumedRate,
                    "Assumed: \(HumanUnits.bytes(shape.bytes)) at \(HumanUnits.bytes(Int64(Self.assumedRate))) a second. The first drill says how long it takes."
                )
            }
        let minutes = max(10, Int((limit / 60).rounded(.up)))
        return """
            objectives:
              # From the start of the scratch server to a restored database: what you promised. \(why)
              recoveryTime: \(minutes)m
              # How old a backup may be: the time between two, and a day. For daily backups: 2d.
              backupAge: 8d
              # How much may be lost: as much, where nothing is kept between two backups.
              #recoveryPoint: 8d


            """
    }

    private var checks: String {
        let parts = [rowCounts, freshness, documents, partitions, indexes, extensions, security, version]
            .filter { !$0.isEmpty }
        if parts.isEmpty { return "# Every check that needs no settings runs.\n" }
        return "# Every check that needs no settings runs besides. What each covers: docs/checks.md.\nchecks:\n"
            + parts.joined(separator: "\n")
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
              # Every JSON value is decoded. Besides, each must be what all that were looked at are. Add jsonpath predicates with `every`.
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
            + shape.extensions.map { "    \(Self.quoted($0)): {}\n" }.joined()
    }

    private var security: String {
        let secured = shape.tables.filter { $0.rowSecurity != nil }
        if secured.isEmpty { return "" }
        return "  # A database that shows every row to everybody is worse than none.\n  security:\n"
            + secured.map { table in
                let policies = table.policies.map(Self.quoted).joined(separator: ", ")
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
              schema-version: { table: \(Self.key(table.name)), column: \(Self.quoted(version.column)), minimum: \(version.value) }

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
        return quoted(parts.map(part).joined(separator: "."))
    }

    private static func part(_ name: String) -> String {
        name.wholeMatch(of: /[a-z_][a-z0-9_$]*/) != nil ? name : quoteIdentifier(name)
    }

    /// A text as YAML has it, in quotes where another reader could take it for something else.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.wholeMatch(of: /[A-Za-z_\/][A-Za-z0-9_.\/\-]*/) != nil
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        if isPlain { return text }
        // YAML 1.2, double-quoted style: escapes as in JSON.
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value > 0x10ffff:
                "\\x" + String(scalar.value + 0x100, radix: 16).suffix(2)
            default: String(Character(scalar))
            }
        }
        return "\"\(escaped.joined())\""
    }

    /// Text in a comment, which no line end leaves.
    private static func comment(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
