import Findings
import Postgres

extension Finding {
    /// A finding for a question that met an error: bytes that cannot be read as what they are speak against the
    /// backup, everything else against the machine.
    init(
        couldNotTell id: String, subject: String, basis: Basis? = nil, expected: String? = nil,
        because error: PostgresError
    ) {
        let state = error.sqlState
        let isDamage = state.map { ["XX001", "XX002"].contains($0.rawValue) || $0.family == "22" } ?? false
        self.init(
            id: id, subject: subject, status: isDamage ? .failed : .inconclusive, basis: basis, expected: expected,
            observed: state.map { "SQLSTATE \($0)" },
            reason: isDamage
                ? "stored values cannot be decoded" : "the question could not be asked: \(error.withoutValues)",
            cause: isDamage ? .backup : .environment)
    }
}

extension PostgresError {
    /// The error in words that quote no row value.
    var withoutValues: String {
        guard case .server(let error) = self else { return description }
        return ["22", "23", "P0"].contains(error.sqlState.family) ? "SQLSTATE \(error.sqlState)" : error.description
    }
}
