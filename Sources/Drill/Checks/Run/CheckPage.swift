/// The page docs/checks.md: every check in its own words.
package func checkPage() -> String {
    let descriptions = checkCatalogue.map(\.description)
    let table = descriptions.map { "| [`\($0.id)`](#\($0.id)) | \($0.asks) |" }.joined(separator: "\n")
    let sections = descriptions.map(section).joined(separator: "\n")
    return """
        # Checks

        Every drill asks all of these of the restored database; without a plan, whatever needs no expectation. A plan can leave one
        out with a reason: `skip: { ID: "why" }` below `checks`. Before them, the backup's own files are checked (`archive`).
        What to do about a finding: [findings](../runbooks/findings.md).

        This page is made from the checks' own descriptions by `make docs`.

        | id | asks |
        |---|---|
        \(table)

        \(sections)
        """
}

private func section(_ check: CheckDescription) -> String {
    let example = check.example.map { "\nIn a plan:\n\n```yaml\nchecks:\n  \(check.id):\n\(indented($0))\n```\n" }
    return """
        ## \(check.id)

        \(check.asks)

        **Covers.** \(check.covers)

        **Does not cover.** \(check.doesNotCover)

        **Not run** where there is nothing to ask: \(check.notRun).
        \(example ?? "\nIt takes no settings.\n")
        [What to do about its findings](../runbooks/findings.md#\(check.id))

        """
}

private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
        .joined(separator: "\n")
}
