import Archive
import Causes
import Findings
import Foundation

extension DumpBackup {
    /// What was read, as findings.
    /// - Parameter isWhole: false where some parts of it were not read.
    func findings(about reading: DumpReading, isWhole: Bool) -> [Finding] {
        let flaws = reading.flaws.map { flaw in
            Finding(
                flaw: cause(of: .archiveIncomplete), subject: flaw.subject, expected: "whole", observed: flaw.problem)
        }
        guard flaws.isEmpty else { return flaws }
        let whole = Finding(
            id: .archive, subject: dump.name, status: .passed,
            basis: .rule, expected: "whole",
            observed: (isWhole ? "read to its last byte: " : "what was read of it: ") + lookedAt(reading))
        return [whole] + reading.unknownKinds.map(Self.unknown) + (hasChecksums ? [] : [Self.valuesUnseen])
            + (reading.notices?.findings ?? []) + (reading.rows?.findings ?? []) + reading.orderRisks.map(\.finding)
    }

    private static func unknown(_ kind: String, _ count: Int) -> Finding {
        Finding(
            id: .archive, subject: kind, status: .notRun, observed: counted(count, "entry", "entries"),
            reason: "this release of pgassay does not know entries of this kind: only pg_restore looked at them")
    }

    /// What is no file in a directory dump: a link would be read with our rights, wherever it leads, and its target is not in the
    /// digest; a pipe would never end.
    var links: [Finding] {
        guard dump.format == .directory else { return [] }
        return dump.tree.names().compactMap { name in
            guard let kind = dump.tree.state(of: name)?.kind, [.link, .special].contains(kind) else { return nil }
            return Finding(
                flaw: cause(of: .archiveHasLinks), subject: name.string, expected: "a file", observed: kind.words)
        }
    }

    /// gzip data has a checksum. As pg_dump writes them, zstd and lz4 data have none; uncompressed data has none
    /// either.
    private var hasChecksums: Bool {
        dump.compression == .gzip || (dump.format == .plain && dump.compression != .none)
    }

    private static let valuesUnseen = Finding(
        id: .archive, subject: "row values", status: .notRun,
        reason:
            "pg_dump writes no checksum into this kind of dump, so a changed bit that still reads as a value is not seen"
    )

    /// How far the dump was read, and what it holds.
    private func lookedAt(_ reading: DumpReading) -> String {
        let rows = reading.tables.reduce(0) { $0 + $1.rows }
        let objects = reading.largeObjects.count
        return "\(counted(rows, "row")) of \(counted(reading.tables.count, "table"))"
            + (objects > 0 ? ", \(counted(objects, "large object"))" : "")
    }
}

extension Finding {
    fileprivate init(flaw rule: CauseRule, subject: String, expected: String, observed: String) {
        self.init(
            id: .archive, subject: subject, status: rule.status, basis: .rule, expected: expected,
            observed: observed, reason: rule.reason, cause: rule.cause)
    }
}
