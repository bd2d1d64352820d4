import Findings

/// What else must be true, in addition to the error itself, for a row of the table to apply.
package enum Condition: Sendable, Equatable {
    /// How the server's message begins, in English (`lc_messages = C`).
    case messageBegins([String])
    case messageContains(String)
    /// The statement only drops something, as pg_dump writes it with `--clean`: `DROP …`, `ALTER … DROP CONSTRAINT …`,
    /// or empties a view that something else needs: `CREATE OR REPLACE VIEW … AS SELECT NULL::…`.
    case dropsSomething
    /// The statement is a `SET …`.
    case setsSession
    /// It comes after the closing comment of a plain dump.
    case behindEnd
    /// The message names a role that was made for this drill.
    case roleWasMade
    case newerThanSource
    case sortsDifferently
    case lackedBefore
    /// The question only reads values of PostgreSQL's own types as they are stored, and builds no larger values from
    /// them.
    case readsStoredValues
    /// The object that the question is about depends on a collation whose version differs on this machine.
    case collationDiffers
    /// The machine kept rows out before. Does not hold for an error about a row that was being loaded: whether such a
    /// row is damaged does not depend on other rows.
    case rowsKeptOut
    /// It is about something that belongs to an extension.
    case ofExtension
    /// The statement is known, and brings neither rows nor the value of a sequence or of a large object.
    case bringsNoRows
    /// The statement fills a materialized view.
    case fillsView
    /// The error was met within a function that a row, an index or a constraint called.
    case withinFunction
    /// The statement is an INSERT that does not name its columns, so its values go by their order.
    case namesNoColumns
    /// The statement only sets an owner or privileges.
    case setsRights
    /// The message names a file of a data directory, and no library or program.
    case namesDataFile
    /// How the backup has what the message does not find.
    case named(Naming)
    /// Whether the row is valid depends on more than the row.
    case dependsOn(Dependence)
    case lastWas(Cause)

    func holds(for error: MetError, in circumstances: Circumstances) -> Bool {
        let message = error.message
        switch self {
        case .messageBegins(let beginnings): return beginnings.contains { message.after($0) != nil }
        case .messageContains(let part): return message.containsBytes(part)
        case .dropsSomething: return error.statement?.dropsSomething ?? false
        case .setsSession: return error.statement?.after("SET ") != nil
        case .behindEnd: return error.isBehindEnd
        case .roleWasMade:
            let role = message.after("role \"")?.parted(by: "\" already exists")?.before
            return role.map(circumstances.rolesMade.contains) ?? false
        case .newerThanSource: return circumstances.isNewerThanSource
        case .sortsDifferently: return circumstances.sortsDifferently
        case .lackedBefore: return circumstances.machineLacksSomething
        case .readsStoredValues: return circumstances.readsStoredValues
        case .collationDiffers: return circumstances.collationDiffers
        case .rowsKeptOut: return circumstances.machineLostRows && !error.isOfLoadedRow
        case .ofExtension: return error.isOfExtension
        case .bringsNoRows: return error.bringsNoValues
        case .fillsView: return error.fillsView
        case .withinFunction: return error.isWithinFunction
        case .namesNoColumns: return error.statement?.namesNoColumns ?? false
        case .setsRights: return error.statement?.setsRights ?? false
        case .namesDataFile: return message.namesDataFile
        case .named(let naming): return error.named == naming
        case .dependsOn(let dependence): return error.dependsOn.contains(dependence)
        case .lastWas(let cause): return circumstances.last == cause
        }
    }

    /// The condition in words, for the page that lists all rows (`docs/causes.md`).
    package var words: String {
        switch self {
        case .messageBegins(let beginnings):
            "its message begins with " + beginnings.map { "`\($0)`" }.joined(separator: ", ")
        case .messageContains(let part): "its message has `\(part)`"
        case .dropsSomething: "the statement only drops something"
        case .setsSession: "the statement is a `SET` of the dump's own session"
        case .behindEnd: "it comes after the closing comment of a plain dump"
        case .roleWasMade: "the role was made for this drill"
        case .newerThanSource: "the server is of a newer major version than the source"
        case .sortsDifferently: "text is, or may be, sorted differently here"
        case .readsStoredValues: "the question only reads values of PostgreSQL's own types as they are stored"
        case .collationDiffers: "the index depends on a collation that has another version here"
        case .lackedBefore: "something that the machine lacks has failed before"
        case .rowsKeptOut: "rows could not be loaded before because of this machine"
        case .ofExtension: "it is about something that belongs to an extension"
        case .bringsNoRows: "the statement brings no rows"
        case .fillsView: "the statement fills a materialized view"
        case .withinFunction: "the error was met within a function"
        case .namesNoColumns: "the statement is an `INSERT` that does not name its columns"
        case .setsRights: "the statement only sets an owner or privileges"
        case .namesDataFile:
            "its message names a file of the data directory: "
                + String.dataDirectories.map { "`\($0)`" }.joined(separator: ", ")
        case .named(let naming): naming.words
        case .dependsOn(let dependence): dependence.words
        case .lastWas(let cause): "the error before was of cause \(cause.rawValue)"
        }
    }
}

extension String {
    fileprivate var dropsSomething: Bool {
        if after("DROP ") != nil || after("SELECT pg_catalog.lo_unlink(") != nil { return true }
        if let view = after("CREATE OR REPLACE VIEW ") { return view.isPlaceholder }
        return after("ALTER ") != nil && [" DROP CONSTRAINT", " DROP DEFAULT"].contains(where: containsBytes)
    }

    /// As pg_dump writes owners and privileges: `ALTER … OWNER TO`, `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`,
    /// `SET SESSION AUTHORIZATION`.
    fileprivate var setsRights: Bool {
        let isOfRights = ["GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES", "SET SESSION AUTHORIZATION"]
        if isOfRights.contains(where: { after($0) != nil }) { return true }
        return after("ALTER ") != nil && containsBytes(" OWNER TO ")
    }

    /// As pg_dump writes it with `--inserts`: `INSERT INTO name [OVERRIDING SYSTEM VALUE] VALUES (`, without a list behind the name.
    fileprivate var namesNoColumns: Bool {
        guard let target = after("INSERT INTO ") else { return false }
        // Every other part stands in quotes.
        for (number, part) in target.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        where number.isMultiple(of: 2) {
            guard let list = part.firstIndex(of: "(") else { continue }
            return part[..<list].hasSuffix(" VALUES ")
        }
        return false
    }

    /// Directories of a data directory whose files the server opens by itself.
    fileprivate static let dataDirectories = [
        "base/", "global/", "pg_tblspc/", "pg_xact/", "pg_multixact/", "pg_commit_ts/", "pg_subtrans/", "pg_twophase/",
    ]

    /// The path is relative to the data directory, and follows a quote.
    fileprivate var namesDataFile: Bool { Self.dataDirectories.contains { containsBytes("\"\($0)") } }

    /// It is the definition of a view of nothing but nulls (`createDummyViewAsClause` in `pg_dump.c`). Lines may end
    /// otherwise.
    private var isPlaceholder: Bool {
        let words = split(whereSeparator: \.isWhitespace)
        return zip(words, zip(words.dropFirst(), words.dropFirst(2))).contains {
            $0 == "AS" && $1.0 == "SELECT" && $1.1.hasPrefix("NULL::")
        }
    }
}
