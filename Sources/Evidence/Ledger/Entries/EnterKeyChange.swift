import Evidence
import FoundationEssentials

extension LedgerPlace {
    /// Enters changes of keys that have no entry.
    /// - Returns: the last entry; nil if there was nothing to enter.
    /// - Throws: ``LedgerError``, ``Files/FileError``.
    package func enter(_ history: KeyHistory) async throws -> AppendedEntry? {
        let reader = try LogReader(of: location)
        let checkpoint = try await reader.checkpoint(signedBy: keys).checkpoint
        var known: Set<String> = []
        try await reader.entries(ofTreeOf: checkpoint.size) { numbered in
            if numbered.entry.kind == .key, let digest = numbered.entry.envelope { known.insert(digest) }
        }
        var last: AppendedEntry?
        for line in history.lines where !known.contains(line.sha256) {
            var entry = LedgerEntry(.key, time: Date())
            entry.envelope = line.sha256
            entry.signer = line.change.key
            entry.text = line.change.change.rawValue
            if let added = line.change.added, line.change.roles?.contains(KeyRing.operatorRole) == true {
                entry.key = NoteKey(name: checkpoint.origin, added).verifierKey
            }
            last = try await append(entry)
        }
        return last
    }
}
