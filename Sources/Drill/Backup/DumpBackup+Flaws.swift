import Archive
import Causes
import Findings
import Foundation

extension DumpBackup {
    package func flaws(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        let found = try dump.incompleteness(progress: progress).map { flaw in
            Finding(
                flaw: cause(of: .archiveIncomplete), subject: flaw.subject, expected: "whole", observed: flaw.problem)
        }
        guard found.isEmpty else { return found }
        let links = try links()
        guard links.isEmpty else { return links }
        var finding = Finding(
            id: .archive, subject: dump.path.lastComponent?.string ?? dump.path.string, status: .passed,
            basis: .rule, expected: "whole", observed: lookedAt)
        if dump.format == .plain && dump.compression != .none {
            finding.status = .notRun
            finding.reason = "a compressed script shows how it ends only while it is restored; see the check restore"
        }
        return [finding] + (hasChecksums ? [] : [Self.valuesUnseen])
    }

    /// A link in a directory dump would be read with our rights, wherever it leads, and its target is not in the
    /// digest.
    private func links() throws -> [Finding] {
        guard dump.format == .directory else { return [] }
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: dump.path.string).sorted().filter { name in
            let attributes = try files.attributesOfItem(atPath: dump.path.appending(name).string)
            return attributes[.type] as? FileAttributeType == .typeSymbolicLink
        }.map { name in
            Finding(flaw: cause(of: .archiveHasLinks), subject: name, expected: "a file", observed: "a symbolic link")
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
