import Findings
import Foundation

/// A first plan for a database, or for those of a server, with a comment on each key: what was found there, for a person to correct.
package struct FirstPlan: Sendable {
    /// Not empty.
    package var shapes: [DatabaseShape]
    /// Where the backup is; nil where the person must say it.
    package var backup: String?
    /// How long a restore took, in seconds; nil if nothing was restored.
    package var recoveryTime: Double?
    /// The schema of plans, for editors.
    package var schema: String

    package init(_ shapes: [DatabaseShape], backup: String? = nil, recoveryTime: Double? = nil, schema: String) {
        self.shapes = shapes
        self.backup = backup
        self.recoveryTime = recoveryTime
        self.schema = schema
    }

    package var yaml: String {
        head + objectives + (shapes.count == 1 ? FirstChecks(shape: shapes[0]).yaml : databases)
    }

    // MARK: Parts

    private var head: String {
        """
        # yaml-language-server: $schema=\(schema)
        #
        # A first plan for \(subject), as pgassay init found \(shapes.count == 1 ? "it" : "them") in PostgreSQL \(Self.comment(shapes[0].serverVersion)). Read it,
        # and correct what does not fit: each key is a demand, and what does not meet it fails the drill.

        name: \(name)

        backup:
          # A dump, a directory dump, a base backup, or a pattern such as /var/backups/shop/*.dump.
          path: \(FirstPlanText.quoted(backup ?? "/var/backups/\(name)/*.dump"))
          pick: newest

        # Where reports and the ledger of all drills are kept, unless --reports says it. The key is made by: pgassay keys generate --output DIR
        #reports: /var/lib/pgassay/reports
        #signingKey: /etc/pgassay/signing-key.pem

        # Within which time after a drill the next one must start: pgassay status tells if it did not.
        schedule: { within: 8d }


        """
    }

    private var subject: String {
        shapes.count == 1
            ? "the database \(Self.comment(shapes[0].database))" : "the databases of a server"
    }

    /// The name of the database, or of the backup of several, as far as it can name files.
    private var name: String {
        let last = backup?.split(separator: "/").last.map(String.init)
        let own = shapes.count == 1 ? shapes[0].database : last ?? "server"
        let safe = own.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
        let begun = safe.drop { "-_.".contains($0) }.prefix(64)
        return begun.isEmpty ? "database" : String(begun)
    }

    /// Bytes a second at which a restore is assumed to run, where none was seen.
    private static let assumedRate = 20e6

    private var bytes: Int64 { shapes.map(\.bytes).reduce(0, +) }

    private var objectives: String {
        let (limit, why): (Double, String) =
            if let recoveryTime {
                (
                    recoveryTime * 4,
                    "A restore took \(HumanUnits.duration(recoveryTime)) when this was written; this allows four times that."
                )
            } else {
                (
                    Double(bytes) / Self.assumedRate,
                    "Assumed: \(HumanUnits.bytes(bytes)) at \(HumanUnits.bytes(Int64(Self.assumedRate))) a second. The first drill says how long it takes."
                )
            }
        let minutes = max(10, Int((limit / 60).rounded(.up)))
        return """
            objectives:
              # The longest time allowed to fetch and restore the backup: what you promised. \(why)
              recoveryTime: \(minutes)m
              # How old a backup may be: the time between two backups, plus a day. For daily backups: 2d.
              backupAge: 8d
              # How much may be lost, as a time. If nothing is kept between two backups, use the same value as for backupAge.
              #recoveryPoint: 8d


            """
    }

    /// Every database by its name.
    private var databases: String {
        """
        recovery:
          # Each is checked, and one that is not in a backup fails the drill. Every check that needs no settings runs besides. What each covers:
          # docs/checks.md.
          databases:

        """
            + shapes.map { shape in
                let checks = FirstChecks(shape: shape).settings
                let key = "    \(FirstPlanText.quoted(shape.database)):\n"
                if checks.isEmpty { return key }
                return key + "      checks:\n"
                    + checks.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { $0.isEmpty ? "" : "      \($0)" }.joined(separator: "\n")
            }.joined()
    }

    /// Text in a comment, which no line end leaves.
    private static func comment(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
