import Evidence
import Findings
import FoundationEssentials
import Ledger
import Pages
import Report
import Status

/// What a site shows, all of it verified with the keys of its reader.
package struct SiteContents: Sendable {
    package var reports: ReportCatalogue
    package var additions: StoredAdditions
    package var actions: CorrectiveActions
    /// What was found of the ledger; nil where there is none.
    package var audit: LogAudit?
    package var cold: [ColdPlace]
    package var ring: KeyRing
    /// When it is made: what is overdue depends on it.
    package var now: Date
    /// What tells how plans stand, as for `pgassay status`: made once, and asked for each plan.
    let facts: StatusFacts

    package init(
        reports: ReportCatalogue, additions: StoredAdditions, audit: LogAudit?, cold: [ColdPlace], ring: KeyRing,
        now: Date
    ) {
        self.reports = reports
        self.additions = additions
        self.audit = audit
        self.cold = cold
        self.ring = ring
        self.now = now
        let drills = reports.entries.map { ($0.file.lastComponent?.string ?? "", $0.digest, $0.report) }
        actions = CorrectiveActions(
            additions,
            reports: drills
                + reports.inspections.map { ($0.file.lastComponent?.string ?? "", $0.digest, $0.report) }, ring)
        facts = StatusFacts(reports: drills, entries: audit?.entries ?? [], actions: actions, now: now)
    }
}

/// An export in cold storage, as its signed manifest has it.
package struct ColdPlace: Sendable {
    package struct Table: Sendable {
        let name: String
        let column: String
        let rows: String
        let slices: [Slice]

        /// - Parameters:
        ///   - column: by whose time its rows are divided.
        ///   - rows: of all slices.
        package init(name: String, column: String, rows: Int64, slices: [Slice]) {
            (self.name, self.column, self.slices) = (name, column, slices)
            self.rows = Numeral.grouped(rows)
        }
    }

    package struct Slice: Sendable {
        let name: String
        let rows: String
        let size: String
        let files: Int
        let exported: String
        let source: String
        /// When all its files were read again last; nil if that is not known of every one.
        let readAgain: String?

        package init(
            name: String, rows: Int64, bytes: Int64, files: Int, exported: Date, source: String, readAgain: Date?
        ) {
            (self.name, self.files, self.source) = (name, files, source)
            self.rows = Numeral.grouped(rows)
            size = HumanUnits.bytes(bytes)
            self.exported = Timestamp.plain(exported)
            self.readAgain = readAgain.map(Timestamp.plain)
        }
    }

    let location: String
    let plan: String
    let updated: String
    let key: String
    let tables: [Table]

    package init(location: String, plan: String, updated: Date, signedBy key: PublicKey, tables: [Table]) {
        (self.location, self.plan, self.tables) = (location, plan, tables)
        self.updated = Timestamp.plain(updated)
        self.key = String(key.fingerprint.prefix(17)) + "…"
    }
}
