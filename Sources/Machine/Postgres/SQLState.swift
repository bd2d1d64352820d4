/// The five-character code that PostgreSQL gives every error (documentation, appendix A). Unlike messages it does
/// not depend on the language or the release of the server.
package struct SQLState: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The first two characters, which name the family: `23` integrity, `53` resources, `XX` internal.
    package var family: String { String(rawValue.prefix(2)) }

    package var description: String { rawValue }
}

/// What the statement that failed was made of, which its error message may quote.
package enum StatementOrigin: Sendable {
    /// Written by us or by the author of a plan.
    case question
    /// Of a backup, or of rows of it that were taken for a statement.
    case backup
    /// A statement of a backup that brings rows, or a row that was being loaded.
    case rows
}

extension SQLState {
    /// Whether the primary message of such an error may be published: it never quotes a row value.
    ///
    /// This is so for the families that speak of objects, of resources and of the server itself. Messages of all others may
    /// quote values: data and integrity errors, and codes of the backup's own code. A syntax error (42601) quotes the
    /// statement. Where values are read as types such as `regrole` or `regclass`, the families that speak of objects
    /// quote them too. Cardinality errors (21) quote nothing.
    ///
    /// It is not so for what is raised inside of a function, which may say anything under any code: the context of the
    /// error tells of that.
    package func quotesNoValue(of origin: StatementOrigin) -> Bool {
        switch origin {
        case .question: Self.namingFamilies.contains(family)
        case .backup: Self.namingFamilies.contains(family) && rawValue != "42601"
        case .rows: Self.familiesOfTheMachine.contains(family)
        }
    }

    private static let familiesOfTheMachine: Set<String> = ["08", "53", "54", "57", "58"]
    private static let namingFamilies = familiesOfTheMachine.union([
        "0A", "21", "25", "28", "2B", "3D", "3F", "42", "55", "XX",
    ])
}
