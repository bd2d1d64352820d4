import Findings
import SystemPackage

extension LogReader {
    /// Whether anybody outside was shown a checkpoint.
    package func hasAnchors() async throws(LedgerError) -> Bool {
        try await !files.list("\(Anchor.folder)/").isEmpty
    }

    /// Verifies the time stamps of checkpoints. Receipts of other kinds are for those who gave them.
    /// - Parameter authority: certificates that are trusted; nil verifies none.
    func auditAnchors(
        _ names: [String], _ tree: AuditedTree, authority: FilePath?, _ audit: inout LogAudit
    ) async throws {
        var unverified = 0
        for name in names where name.hasPrefix("\(Anchor.folder)/") {
            audit.anchors += 1
            let parts = name.split(separator: "/")
            guard parts.count == 3, let size = Int64(strict: parts[1]), 1...tree.size ~= size else {
                audit.note("\(name) is of no checkpoint of this log")
                continue
            }
            guard name.hasSuffix(TimestampTool.nameEnd) else { continue }
            guard let authority else {
                unverified += 1
                continue
            }
            let checkpoint = Checkpoint(origin: tree.origin, size: size, root: tree.roots[Int(size)])
            let response = try await files.read(name, limit: Anchor.largestReceipt) ?? []
            do {
                try await TimestampTool().verify(
                    response, digest: Anchor.digest(of: checkpoint), authority: authority)
            } catch AnchorError.notVerified(let reason) {
                audit.damaged("\(name) is no time stamp of this log's checkpoint of \(size) entries: \(reason)")
            }
        }
        if unverified > 0 {
            audit.note(
                "\(counted(unverified, "time stamp")) not verified: name the authority's certificates with --timestamp-authority"
            )
        }
    }
}
