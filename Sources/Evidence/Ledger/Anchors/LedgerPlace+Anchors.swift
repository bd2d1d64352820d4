import Files

extension LedgerPlace {
    /// Shows a checkpoint to somebody outside, and keeps the receipt beside the log.
    /// - Throws: ``AnchorError``, ``Processes/ToolFailure``, ``LedgerError``; errors of starting a program.
    package func show(_ appended: AppendedEntry, to anchor: Anchor) async throws {
        let checkpoint = appended.proof.checkpoint
        let receipt = try await anchor.show(checkpoint)
        try await reader().files.keep(anchor.receiptName(of: checkpoint.checkpoint), receipt)
    }
}
