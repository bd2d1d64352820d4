import Causes
import Findings

/// `docs/causes.md`, written from the table.
enum CausesPage {
    static let text = introduction + causeGroups.map { section($0.title, $0.rules) }.joined() + last

    private static let introduction = """
        # Causes

        <!-- Written from Sources/Words/Causes by `make docs`. Change it there. -->

        Every error that a drill can meet has one cause. This table decides it, and nothing else does: by what the server says
        (SQLSTATE), by what PostgreSQL's programs say of the archive, and by the state of the machine; never by an exit code
        alone. The first row that applies decides. What a check finds that is no error (a wrong count, an orphan, a row that is
        too old) has the cause that the check gives it: there the question itself says whose answer it is. The test
        `NoOtherCausesTests` lists the files that may do so. The question behind every row is: would the same backup restore on a machine
        that has all it needs? [Decision 15](decisions/15-one-table-of-causes.md) says why it is a table.

        | cause | means |
        |---|---|
        | [backup](../runbooks/causes.md#backup) | the same backup would fail on any machine |
        | [environment](../runbooks/causes.md#environment) | this machine could not tell |
        | [expectation](../runbooks/causes.md#expectation) | what came back is not what the plan expects |
        | [objective](../runbooks/causes.md#objective) | nothing wrong was found; it was too slow, too old or too far behind |
        | [interrupted](../runbooks/causes.md#interrupted) | someone or something stopped the drill |
        | [harmless](../runbooks/causes.md#harmless) | nothing is left out because of it |

        A code that ends in … stands for all that begin so.

        """

    private static let last = """

        What no row knows: \(unknownCause.reason). Its cause is [environment](../runbooks/causes.md#environment), and
        [what to do](../runbooks/\(unknownCause.page)) is in the runbook.

        """

    private static func section(_ title: String, _ rules: [CauseRule]) -> String {
        "\n## \(title)\n\n| row | what is met | cause | why | do |\n|---|---|---|---|---|\n"
            + rules.map(row).joined()
    }

    private static func row(_ rule: CauseRule) -> String {
        let met = rule.met.map(words).joined(separator: "; ")
        let conditions = rule.when.map(\.words).joined(separator: ", and ")
        let cause = rule.cause?.rawValue ?? "harmless"
        let cells = [
            "`\(rule.id)`", conditions.isEmpty ? met : "\(met), where \(conditions)",
            "[\(cause)](../runbooks/causes.md#\(cause))", rule.reason,
            "[\(rule.page.split(separator: "#").last!.replacing("-", with: " "))](../runbooks/\(rule.page))",
        ]
        return "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |\n"
    }

    private static func words(_ sign: Sign) -> String {
        switch sign {
        case .sqlState(let codes): codes.map { "`\($0)\($0.utf8.count < 5 ? "…" : "")`" }.joined(separator: ", ")
        case .words(let words): words.map { "“\($0)”" }.joined(separator: ", ")
        case .state(let state): state.words
        }
    }
}
