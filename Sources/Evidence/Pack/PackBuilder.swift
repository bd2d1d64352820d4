import Evidence
import Files
import FoundationEssentials
import Ledger
import Report
import SystemPackage

/// What a pack is made of.
package struct PackRequest: Sendable {
    /// The directory of the reports.
    package var reports: FilePath
    package var from: Date
    package var to: Date
    /// When it is made.
    package var created: Date
    package var tool: String
    package var signer: any Signer
    /// Keys that sign the ledger, for other people's programs.
    package var ring: KeyRing

    package init(
        reports: FilePath, from: Date, to: Date, created: Date, tool: String, signer: any Signer, ring: KeyRing
    ) {
        self.reports = reports
        self.from = from
        self.to = to
        self.created = created
        self.tool = tool
        self.signer = signer
        self.ring = ring
    }
}

extension PackFiles {
    /// Puts together what an auditor takes home: the reports of a time, all that belongs to them, and the ledger as it is now.
    /// - Throws: ``PackError``, ``Ledger/LedgerError``, ``Files/FileError``, ``Evidence/StatementError``.
    package init(_ request: PackRequest, _ reader: LogReader) async throws {
        let copy = try await reader.copy(signedBy: request.ring.operators)
        for (name, bytes) in copy.files { files["\(PackNames.ledger)/\(name)"] = bytes }
        let wanted = copy.entries.filter {
            $0.isOfReport && $0.entry.time >= request.from && $0.entry.time < request.to
        }
        guard !wanted.isEmpty else { throw PackError.empty(from: request.from, to: request.to) }
        let there = Set(try Files.names(in: request.reports))
        for name in wanted.compactMap(\.entry.file) where there.contains(name) {
            // What was put there in its place, or is gone, is told by whoever verifies.
            try add(name, request)
            for other in there {
                let report = StoredAddition.reportName(
                    ofAddition: other.hasSuffix(LogProof.nameEnd)
                        ? String(other.dropLast(LogProof.nameEnd.count)) : other)
                if report == name || other == name + LogProof.nameEnd { try add(other, request) }
            }
        }
        if there.contains(KeyHistory.fileName) {
            files[KeyHistory.fileName] = try Files.read(
                request.reports.appending(KeyHistory.fileName), limit: KeyHistory.largest)
        }
        files[PackNames.policy] = Self.policy(copy.checkpoint.checkpoint.origin, request.ring)
        let contents = PackContents(
            created: request.created, from: request.from, to: request.to, tool: request.tool,
            origin: copy.checkpoint.checkpoint.origin, size: copy.checkpoint.checkpoint.size)
        for (name, text) in derived(contents, copy.entries) { files[name] = Array(text.utf8) }
        if let long = files.keys.first(where: { !TarFile.fits($0) }) { throw PackError.badName(long) }
        guard files.values.reduce(0, { $0 + $1.count }) <= Self.largest else { throw PackError.tooLarge("the pack") }
        let subjects = files.sorted { $0.key < $1.key }.map {
            ResourceDescriptor(name: $0.key, digest: ["sha256": Self.sha256($0.value)])
        }
        files[PackNames.statement] = try await InTotoStatement(subject: subjects, predicate: contents)
            .sealed(signer: request.signer)
    }

    private mutating func add(_ name: String, _ request: PackRequest) throws {
        files["\(PackNames.reports)/\(name)"] = try Files.read(
            request.reports.appending(name), limit: Envelope.maximumSize)
    }

    /// C2SP tlog-policy: which log is meant, and that no witness is asked for.
    static func policy(_ origin: String, _ ring: KeyRing) -> [UInt8] {
        var seen: Set<String> = []
        let keys = ring.operators.map { NoteKey(name: origin, $0).verifierKey }.filter { seen.insert($0).inserted }
        return Array((keys.map { "log \($0)\n" }.joined() + "quorum none\n").utf8)
    }
}
