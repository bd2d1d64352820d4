import Findings
import Foundation
import Postgres

/// What the checks `sql` and `queries` have in common: a query that the plan's author wrote. It runs as it would for the
/// application: with the search path of a fresh session, in a transaction that can only read.
enum QueryOfThePlan {
    /// `cursor_tuple_fraction`: a query behind a cursor is planned to be read to its end, as it is without one.
    static let settings = ["search_path": "\"$user\", public", "cursor_tuple_fraction": "1"]

    /// The query makes no sense, whatever rows there are.
    struct Mistake: Error {
        let observed: String
        /// It asks for a table that is not there, which the backup may lack.
        var isOfMissingTable = false

        /// - Returns: nil for an error that is not the query's own. Its own are those of its syntax and names, its arithmetic
        ///   and casts, a subquery with too many rows, an attempt to write; a missing privilege (42501) is this machine's.
        init?(_ error: PostgresError) {
            guard let state = error.sqlState, ["0A", "21", "22", "25", "42"].contains(state.family),
                state.rawValue != "42501"
            else { return nil }
            observed = error.withoutValues
            isOfMissingTable = state.rawValue == "42P01"
        }

        init(observed: String) { self.observed = observed }

        func finding(of check: String, _ name: String, expected: String, in context: CheckContext) -> Finding {
            isOfMissingTable
                ? Finding(
                    absent: name, id: check, basis: .plan, expected: expected, observed: observed,
                    reason:
                        "the plan's query asks for a table that the restored database does not have, unless it is spelt wrongly",
                    in: context)
                : Finding(
                    questionOfPlan: check, subject: name, expected: expected, observed: observed,
                    lookAt: "the plan's query, and at what the restored database has")
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
