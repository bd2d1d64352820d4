import Files
import FoundationEssentials
import Report
import SystemPackage

extension LedgerPlace {
    /// Enters an approval or an annotation, and writes the proof of it beside it.
    /// - Throws: ``LedgerError``, ``Files/FileError``.
    package func enter(_ addition: StoredAddition) async throws -> AppendedEntry {
        let appended = try await append(LedgerEntry(addition, time: Date()))
        try Files.replace(
            FilePath(addition.file.string + LogProof.nameEnd), with: appended.proof.encoded,
            mode: [.ownerReadWrite, .groupRead, .otherRead])
        return appended
    }

    /// Enters all approvals and annotations of the reports' directory that have no entry. Whether their signatures count is for who
    /// reads them; each must be about a report that is there.
    /// - Returns: the names of the files, with their entries, and those that are about no report that is there.
    /// - Throws: ``LedgerError``, ``Files/FileError``.
    package func enterAdditions() async throws -> (entered: [(name: String, entry: AppendedEntry)], others: [String]) {
        guard let reports else { return ([], []) }
        let reader = try LogReader(of: location)
        var (known, ofReports): (Set<String>, Set<String>) = ([], [])
        let size = try await reader.checkpoint(signedBy: keys).checkpoint.size
        try await reader.entries(ofTreeOf: size) { numbered in
            guard let digest = numbered.entry.envelope else { return }
            if numbered.isOfReport { ofReports.insert(digest) } else { known.insert(digest) }
        }
        var (entered, others): ([(name: String, entry: AppendedEntry)], [String]) = ([], [])
        for addition in try StoredAdditions(in: reports).all where !known.contains(addition.sha256) {
            let name = addition.name
            guard let digest = addition.reportDigest, ofReports.contains(digest) else {
                others.append(name)
                continue
            }
            entered.append((name, try await enter(addition)))
        }
        return (entered, others)
    }
}
