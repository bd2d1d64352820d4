import Findings

/// An error as it was met, before anybody is blamed for it.
package struct MetError: Sendable {
    package enum What: Sendable {
        /// The server's code and its primary message.
        case server(String, message: String)
        /// What a program of PostgreSQL's said itself.
        case program(String)
        /// What no program puts into words.
        case state(DrillState)
    }

    package var phase: Phase
    package var what: What
    /// The statement that failed, its first words.
    package var statement: String?
    /// It is about a row that was being loaded.
    package var isOfLoadedRow: Bool

    package init(_ phase: Phase, _ what: What, statement: String? = nil, isOfLoadedRow: Bool = false) {
        self.phase = phase
        self.what = what
        self.statement = statement
        self.isOfLoadedRow = isOfLoadedRow
    }

    /// The rows of the statement that failed are not in the database.
    var bringsRows: Bool { isOfLoadedRow || statement?.bringsRows ?? false }

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

/// What is known besides an error.
package struct Circumstances: Sendable {
    /// The server that was dumped is of an older major version than the one restored into.
    package var isNewerThanSource: Bool
    /// Text is, or may be, sorted differently here than at the source.
    package var sortsDifferently: Bool
    /// Roles that were made for the restore.
    package var rolesMade: Set<String>
    /// Something that the machine lacks has failed before, so that what depends on it may be undefined now.
    package var lacksSomething: Bool
    /// The machine has kept rows out before, so that what others need of them may be missing now.
    package var lacksRows = false
    /// The question only reads values of PostgreSQL's own types, as they are stored.
    package var readsStoredValues = false
    /// What is asked about depends on a collation whose version is another one here.
    package var collationDiffers = false
    /// Whose fault the error before was, harmless ones left out.
    package var last: Cause?

    package init(
        isNewerThanSource: Bool = false, sortsDifferently: Bool = false, rolesMade: Set<String> = [],
        lacksSomething: Bool = false
    ) {
        self.isNewerThanSource = isNewerThanSource
        self.sortsDifferently = sortsDifferently
        self.rolesMade = rolesMade
        self.lacksSomething = lacksSomething
    }
}
