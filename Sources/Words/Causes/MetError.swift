import Findings

/// An error as it was met, before its cause is decided.
package struct MetError: Sendable {
    package enum What: Sendable {
        /// The server's code and its primary message.
        case server(String, message: String)
        /// A message of one of PostgreSQL's programs, such as `pg_restore`, and not of the server.
        case program(String)
        /// A problem that pgassay noticed itself.
        case state(DrillState)
    }

    package var phase: Phase
    package var what: What
    /// What it is about, for the log: an object, or a place in the backup.
    package var subject: String?
    /// The first words of the statement that failed.
    package var statement: String?
    /// True if the error is about a row that was being loaded.
    package var isOfLoadedRow: Bool
    /// True if it is about something that belongs to an extension, as this machine's version of it made that.
    package var isOfExtension = false
    /// True if it was met within a function of the database.
    package var isWithinFunction = false
    /// How the backup has what the message does not find; nil if it does not have it, or that is not known.
    package var named: Naming?
    /// What else, besides the row, decides whether the row is valid.
    package var dependsOn: Set<Dependence> = []
    /// Why ``named`` and ``dependsOn`` have their values, for the log. It names objects, and holds no value of a row.
    package var grounds: String?
    /// True if the statement comes after the closing comment of a plain dump.
    package var isBehindEnd: Bool

    package init(
        _ phase: Phase, _ what: What, statement: String? = nil, isOfLoadedRow: Bool = false, isBehindEnd: Bool = false
    ) {
        self.phase = phase
        self.what = what
        self.statement = statement
        self.isOfLoadedRow = isOfLoadedRow
        self.isBehindEnd = isBehindEnd
    }

    /// Describes the error in the log. The message is left out, because it may quote a row. Of the statement, only the words in
    /// capitals at its beginning are shown, at most four.
    var sign: String {
        let code =
            switch what {
            case .server(let state, _): "SQLSTATE \(state)"
            case .program: "a program's message"
            case .state(let state): "state \(state.rawValue)"
            }
        let verb = statement?.split(separator: " ").prefix { $0.allSatisfy { $0.isASCII && $0.isUppercase } }
        let words = verb.map { $0.prefix(4).joined(separator: " ") } ?? ""
        return (subject.map { "\($0): " } ?? "") + code + (words.isEmpty ? "" : " of \(words)")
    }

    /// The rows of the statement that failed are not in the database.
    var bringsRows: Bool { isOfLoadedRow || statement?.bringsRows ?? false }

    var bringsNoValues: Bool {
        guard let statement, !bringsRows else { return false }
        return !["SELECT pg_catalog.setval", "SELECT pg_catalog.lo", "SELECT setval"].contains {
            statement.after($0) != nil
        }
    }

    /// The rows that are not in the database are those of a materialized view.
    var fillsView: Bool { statement?.after("REFRESH ") != nil }

    var message: String {
        switch what {
        case .server(_, let message), .program(let message): message
        case .state: ""
        }
    }
}

extension String {
    /// It is a statement that brings rows of the backup, as pg_dump writes them.
    package var bringsRows: Bool { after("COPY ") != nil || after("INSERT ") != nil }
}

/// What else is known when the cause of an error is decided.
package struct Circumstances: Sendable {
    /// The server that was dumped is of an older major version than the one restored into.
    package var isNewerThanSource: Bool
    /// Text is, or may be, sorted differently here than at the source.
    package var sortsDifferently: Bool
    /// Roles that were made for the restore.
    package var rolesMade: Set<String>
    /// Something failed before because the machine lacks it, so objects that depend on it may be undefined now.
    package var machineLacksSomething: Bool
    /// The machine kept rows out before, so rows that other rows need may be missing now.
    package var machineLostRows = false
    /// The question only reads values of PostgreSQL's own types, as they are stored.
    package var readsStoredValues = false
    /// The object that the question is about depends on a collation whose version differs on this machine.
    package var collationDiffers = false
    /// The cause of the previous error; harmless errors do not count.
    package var last: Cause?

    package init(
        isNewerThanSource: Bool = false, sortsDifferently: Bool = false, rolesMade: Set<String> = [],
        machineLacksSomething: Bool = false
    ) {
        self.isNewerThanSource = isNewerThanSource
        self.sortsDifferently = sortsDifferently
        self.rolesMade = rolesMade
        self.machineLacksSomething = machineLacksSomething
    }
}
