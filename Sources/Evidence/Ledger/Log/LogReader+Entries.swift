import Evidence

extension LogReader {
    /// All entries, of which it is sure that they are what was signed: they lead to the root of the newest checkpoint.
    /// - Parameter keys: one of them must have signed that checkpoint.
    /// - Throws: ``LedgerError``: `damaged` if they do not.
    package func entries(signedBy keys: [PublicKey]) async throws -> [NumberedEntry] {
        let checkpoint = try await checkpoint(signedBy: keys).checkpoint
        var (tree, all) = (GrowingTree(), [NumberedEntry]())
        try await entries(ofTreeOf: checkpoint.size) { entry in
            tree.append(.leaf(entry.bytes))
            all.append(entry)
        }
        guard tree.root == checkpoint.root else {
            throw files.damaged(LogFiles.checkpoint, "does not fit the entries: see pgassay ledger verify")
        }
        return all
    }
}
