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

extension Finding {
    /// A finding for something that should be in the restored database and is not. Where the restore met something
    /// that this machine lacks, that may be why, so the backup is not blamed.
    init(
        absent subject: String, id: String, basis: Basis, expected: String, observed: String, reason: String,
        in context: CheckContext
    ) {
        let excused = context.lacksSomething
        self.init(
            id: id, subject: subject, status: excused ? .inconclusive : .failed, basis: basis, expected: expected,
            observed: observed,
            reason: excused ? "this machine lacks something that the restore needed; see the check restore" : reason,
            cause: excused ? .environment : .backup)
    }
}

extension Finding {
    /// The same, told of a database into which this machine did not load every row of the backup: what is wrong there may
    /// be wrong because of that.
    var withoutBlame: Finding {
        guard status == .failed, cause == .backup else { return self }
        var finding = self
        finding.status = .inconclusive
        finding.reason = "this machine kept rows out, so it blames nobody; see the check restore, and drill again"
        finding.cause = .environment
        return finding
    }
}

extension Finding {
    /// A finding for a check that found nothing to ask about.
    init(nothingToAsk check: CheckDescription) {
        self.init(id: check.id, subject: "database", status: .notRun, reason: check.notRun)
    }
}

extension PostgresError {
    /// The error in words that quote no row value.
    var withoutValues: String {
        guard case .server(let error) = self else { return description }
        return ["22", "23", "P0"].contains(error.sqlState.family) ? "SQLSTATE \(error.sqlState)" : error.description
    }
}
