import Findings
import Foundation
import PlanFile
import Postgres

/// What the checks `sql` and `queries` have in common: a query that a person wrote into the plan. It runs as it would for the
/// application: with the search path of a fresh session, in a transaction that can only read.
enum WrittenQuery {
    /// `cursor_tuple_fraction`: a query behind a cursor is planned to be read to its end, as it is without one.
    static let settings = ["search_path": "\"$user\", public", "cursor_tuple_fraction": "1"]

    /// The query makes no sense, whatever rows there are.
    struct Mistake: Error {
        let observed: String
        /// It asks for a table, a schema or a column that is not there, which the backup may lack.
        var isOfMissing = false

        /// - Returns: nil for an error that is not the query's own. Its own are those of its syntax and names, its arithmetic
        ///   and casts, a subquery with too many rows, an attempt to write; a missing privilege (42501) is this machine's.
        init?(_ error: PostgresError) {
            guard let state = error.sqlState, ["0A", "21", "22", "25", "42"].contains(state.family),
                state.rawValue != "42501"
            else { return nil }
            observed = error.description
            isOfMissing = ["3F000", "42703", "42P01"].contains(state.rawValue)
        }

        init(observed: String) { self.observed = observed }

        func finding(
            of check: CheckID, _ name: String, basis: Basis, expected: String, isOfCommand: Bool = false,
            in context: CheckContext
        ) -> Finding {
            isOfMissing && !isOfCommand
                ? Finding(
                    absent: name, id: check, basis: basis, expected: expected, observed: observed,
                    reason:
                        "\(basis.source)'s query asks for a table or a column that the restored database does not have, unless it is spelt wrongly",
                    in: context)
                : Finding(
                    senselessQuestion: check, subject: name, basis: basis, expected: expected, observed: observed,
                    lookAt:
                        "\(isOfCommand ? "the command's query" : "\(basis.source)'s query"), and at what the restored database has"
                )
        }
    }

    /// Asks in a transaction that can only read.
    /// - Throws: ``Mistake`` when the query is to blame.
    static func ask<Result: Sendable>(
        over session: Session, settings: [String: String] = [:], _ body: (Session) async throws -> Result
    ) async throws -> Result {
        do {
            return try await session.reading(settings: Self.settings.merging(settings) { $1 }, body)
        } catch let error as PostgresError {
            throw Mistake(error) ?? error
        }
    }
}

/// A length of time as it was measured: `3.1 ms`.
func milliseconds(_ time: Double) -> String { String(format: "%.1f ms", time) }

extension PlanNode {
    /// The key `query`: text that begins as a query does.
    func query(in values: [String: PlanNode]) throws(PlanError) -> String {
        guard let value = values["query"] else { throw missing("query") }
        let query = try value.text()
        let words = ["SELECT", "VALUES", "TABLE", "WITH"]
        // If the query begins with a comment, PostgreSQL itself decides whether a query follows.
        let start = query.drop { $0.isWhitespace || $0 == "(" }
        let isQuery = words.contains { start.prefix { $0.isLetter }.uppercased() == $0 }
        guard isQuery || start.hasPrefix("--") || start.hasPrefix("/*") else {
            throw value.error("expected a query that begins with \(words.joined(separator: ", "))")
        }
        return query
    }

    /// How long a query may take, which is more than nothing.
    func timeLimit() throws(PlanError) -> Duration {
        let limit = try responseTime()
        guard limit > .zero else { throw error("the limit must be longer than 0") }
        return limit
    }
}
