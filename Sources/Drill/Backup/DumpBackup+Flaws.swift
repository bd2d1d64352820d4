import Archive
import Causes
import Findings
import Foundation

extension DumpBackup {
    package func flaws(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        let links = links
        guard links.isEmpty else { return links }
        let found = try dump.incompleteness(progress: progress).map { flaw in
            Finding(
                flaw: cause(of: .archiveIncomplete), subject: flaw.subject, expected: "whole", observed: flaw.problem)
        }
        guard found.isEmpty else { return found }
        var finding = Finding(
            id: .archive, subject: dump.name, status: .passed,
            basis: .rule, expected: "whole", observed: lookedAt)
        if dump.format == .plain && dump.compression != .none {
            finding.status = .notRun
            finding.reason = "a compressed script shows how it ends only while it is restored; see the check restore"
        }
        return [finding] + (hasChecksums ? [] : [Self.valuesUnseen])
    }

    /// What is no file in a directory dump: a link would be read with our rights, wherever it leads, and its target is not in the
    /// digest; a pipe would never end.
    private var links: [Finding] {
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

    /// How far the dump was checked, which differs by format. Flaws that pg_restore itself notices are left to it.
    private var lookedAt: String? {
        switch dump.format {
        case .custom: "the file reaches to where its table of contents says that data is"
        case .directory: "every file is there and decodes to its end"
        case .tar: "every member is there and ends as it should"
        case .plain: dump.compression == .none ? "the script ends with pg_dump's last line" : nil
        }
    }
}

extension Finding {
    fileprivate init(flaw rule: CauseRule, subject: String, expected: String, observed: String) {
        self.init(
            id: .archive, subject: subject, status: rule.status, basis: .rule, expected: expected,
            observed: observed, reason: rule.reason, cause: rule.cause)
    }
}
