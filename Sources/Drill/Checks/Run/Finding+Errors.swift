import Causes
import Findings
import Postgres

extension Finding {
    /// A finding for a question that met an error: the table of all causes says whether it speaks against the backup, such
    /// as bytes that cannot be read as what they are, or against the machine.
    init(
        inconclusive id: CheckID, subject: String, basis: Basis? = nil, expected: String? = nil,
        because error: PostgresError, in circumstances: Circumstances = Circumstances()
    ) {
        var met = MetError(.checking, error)
        met.subject = "\(id) of \(subject)"
        let rule = Causes.cause(of: met, in: circumstances)
        self.init(
            id: id, subject: subject, status: rule.status, basis: basis, expected: expected,
            observed: error.sqlState.map { "SQLSTATE \($0)" },
            reason: rule.cause == .backup
                ? rule.reason : "the question could not be asked: \(rule.reason): \(error.description)",
            cause: rule.cause)
    }
}

extension Finding {
    /// A finding for a question that makes no sense, although what it asks about can be read.
    /// - Parameter part: what the author of the question should look at.
    init(
        senselessQuestion id: CheckID, subject: String, basis: Basis, expected: String, observed: String,
        lookAt part: String
    ) {
        let rule = Causes.cause(of: .questionOfPlan, while: .checking, about: "\(id) of \(subject)")
        self.init(
            id: id, subject: subject, status: rule.status, basis: basis, expected: expected, observed: observed,
            reason: "\(rule.reason): look at \(part)", cause: rule.cause)
    }

    /// Whether it is about a question that makes no sense.
    package var isOfSenselessQuestion: Bool {
        status == .inconclusive
            && reason?.hasPrefix(Causes.cause(of: .questionOfPlan, while: .checking).reason) == true
    }
}

extension Finding {
    /// A finding for a query that took longer than it may, whether it ended or was stopped.
    init(tooSlow id: CheckID, subject: String, basis: Basis, expected: String, observed: String) {
        let rule = Causes.cause(of: .tooSlow, while: .checking, about: "\(id) of \(subject)")
        self.init(
            id: id, subject: subject, status: rule.status, basis: basis, expected: expected, observed: observed,
            reason: rule.reason, cause: rule.cause)
    }
}

extension Finding {
    /// A finding for something that should be in the restored database and is not. Where the restore met something
    /// that this machine lacks, that may be why, so the backup is not blamed.
    init(
        absent subject: String, id: CheckID, basis: Basis, expected: String, observed: String, reason: String,
        in context: CheckContext
    ) {
        let rule = Causes.cause(
            of: .absent, while: .checking, in: Circumstances(machineLacksSomething: context.machineLacksSomething),
            about: "\(id) of \(subject)")
        self.init(
            id: id, subject: subject, status: rule.status, basis: basis, expected: expected, observed: observed,
            reason: rule.cause == .backup ? reason : rule.reason,
            cause: rule.cause == .backup ? basis.fault : rule.cause)
    }
}

extension Finding {
    /// The same, told of a database into which this machine did not load every row of the backup: what is wrong there may
    /// be wrong because of that.
    var withoutBlame: Finding {
        guard status == .failed, cause == .backup || cause == .expectation else { return self }
        var finding = self
        let rule = Causes.cause(of: .rowsKeptOut, while: .checking, about: "\(id) of \(subject)")
        finding.status = rule.status
        finding.reason = rule.reason
        finding.cause = rule.cause
        return finding
    }
}

extension Finding {
    /// The same, told of a database that this drill's server made from a dump: every file of it is the server's own, so what is
    /// missing or damaged there is no fault of the backup.
    var ofOwnFiles: Finding {
        guard status == .failed, cause == .backup, let observed, Self.damage.contains(observed) else { return self }
        // An index that was built a moment ago and lacks rows now: what it is over gives other values for the same row.
        if id == .indexes, reason?.contains("lacks matching index tuple") == true { return self }
        var finding = self
        let rule = Causes.cause(of: .ownFileDamaged, while: .checking, about: "\(id) of \(subject)")
        finding.status = rule.status
        finding.reason = rule.reason
        finding.cause = rule.cause
        return finding
    }

    /// Of the errors that a check holds against a backup, those that are about files and not about values.
    private static let damage = ["58P01", "XX000", "XX001"].map { "SQLSTATE \($0)" }
}

extension Finding {
    /// A finding for a check that found nothing to ask about.
    init(nothingToAsk check: CheckDescription) {
        self.init(
            id: check.id, subject: "database", status: .notRun, gap: check.needsPlan ? .notConfigured : .doesNotApply,
            reason: check.notRun)
    }
}

extension MetError {
    /// What went wrong between us and a server.
    package init(_ phase: Phase, _ error: PostgresError) {
        let what: What =
            switch error {
            case .server(let error), .refused(let error): .server(error.sqlState.rawValue, message: error.message)
            case .cannotConnect, .badConnectionString: .state(.cannotConnect)
            case .noClientLibrary: .state(.noPostgres)
            case .connectionLost: .state(.connectionLost)
            case .deadlineExceeded: .state(.statementTimedOut)
            case .unexpectedAnswer: .state(.answerNotUnderstood)
            }
        self.init(phase, what)
    }
}
