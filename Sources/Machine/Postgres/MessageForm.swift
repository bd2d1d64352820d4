/// The forms of PostgreSQL's messages that name objects and nothing else, as they are written in its source under
/// `lc_messages = C`.
///
/// A server's message may quote a row, and code of a database may raise any text under any code. So a message is told
/// only if it has one of these forms as a whole, and of the names in it only those that are known to be names of
/// objects.
enum MessageForm {
    /// The message as it may be told.
    /// - Parameter isKnown: whether a text is the name of an object. Any other is replaced by `…`.
    /// - Returns: nil for a message that has none of the forms.
    static func told(_ message: String, isKnown: (String) -> Bool) -> String? {
        let message = Array(message.utf8)
        for form in forms {
            guard let values = values(of: message, in: form) else { continue }
            var told = form[0]
            for (value, text) in zip(values, form.dropFirst()) {
                let name = String(decoding: value, as: UTF8.self)
                told += Array((isKnown(name) ? name : "…").utf8) + text
            }
            return String(decoding: told, as: UTF8.self)
        }
        return nil
    }

    /// What stands in the places of a form.
    private static func values(of message: [UInt8], in form: [[UInt8]]) -> [ArraySlice<UInt8>]? {
        guard message.starts(with: form[0]) else { return nil }
        var rest = message[form[0].count...]
        var values: [ArraySlice<UInt8>] = []
        for (index, text) in form.enumerated().dropFirst() {
            if index == form.count - 1 {
                guard rest.count >= text.count, rest.suffix(text.count).elementsEqual(text) else { return nil }
                values.append(rest.dropLast(text.count))
                return values
            }
            guard let start = rest.indices.first(where: { rest[$0...].starts(with: text) }) else { return nil }
            values.append(rest[..<start])
            rest = rest[(start + text.count)...]
        }
        return rest.isEmpty ? values : nil
    }

    /// `%` is the place of a name. The longest forms come first, because the place of a name takes any text.
    private static let forms: [[[UInt8]]] = texts.map { text in
        text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false).map(Array.init)
    }.sorted { $0.joined().count > $1.joined().count }

    private static let kinds = [
        "access method", "aggregate", "cast", "collation", "constraint", "conversion", "database", "domain",
        "event trigger", "extension", "foreign table", "foreign-data wrapper", "function", "index", "language",
        "large object", "materialized view", "operator", "operator class", "operator family", "policy", "procedure",
        "publication", "relation", "role", "rule", "schema", "sequence", "server", "statistics object", "subscription",
        "table", "tablespace", "text search configuration", "text search dictionary", "text search parser",
        "text search template", "trigger", "type", "view",
    ]

    private static let texts =
        kinds.flatMap { kind in
            [
                #"\#(kind) "%" does not exist"#, #"\#(kind) "%" already exists"#, "permission denied for \(kind) %",
                "must be owner of \(kind) %", #"\#(kind) "%" for table "%" does not exist"#,
                #"\#(kind) "%" for table "%" already exists"#, #"\#(kind) "%" for relation "%" already exists"#,
                #"\#(kind) "%" for relation "%" does not exist"#, #"\#(kind) "%" of relation "%" does not exist"#,
                #"\#(kind) "%" of relation "%" already exists"#,
            ]
        } + [
            #"column "%" does not exist"#, #"column "%" of relation "%" does not exist"#,
            #"column "%" of relation "%" already exists"#, #"column "%" named in key does not exist"#,
            #"column "%" specified more than once"#, #"column "%" referenced in foreign key constraint does not exist"#,
            "function % does not exist", "function % is not unique", "procedure % does not exist",
            "aggregate % does not exist", "operator does not exist: %", "operator is not unique: %",
            #"function "%" already exists with same argument types"#, #"operator % does not exist"#,
            #"operator class "%" does not exist for access method "%""#,
            #"operator family "%" does not exist for access method "%""#,
            #"operator class "%" for access method "%" already exists"#,
            #"operator family "%" for access method "%" already exists"#,
            #"data type % has no default operator class for access method "%""#,
            "large object % does not exist", #"type "%" is only a shell"#, #""%" is not a table"#,
            #""%" is not a view"#, #""%" is not a sequence"#,
            #""%" is not partitioned"#, #"table "%" is not partitioned"#,
            #"no schema has been selected to create in"#,
            #"collation "%" for encoding "%" does not exist"#, #"collation "%" for encoding "%" already exists"#,
            #"extension "%" is not available"#, #"required extension "%" is not installed"#,
            #"extension "%" has no installation script nor update path for version "%""#,
            #"extension "%" must be installed in schema "%""#,
            #"could not open extension control file "%": No such file or directory"#,
            #"could not access file "%": No such file or directory"#,
            #"could not load library "%": %"#, #"could not find function "%" in file "%""#,
            #"unrecognized configuration parameter "%""#, #"unrecognized parameter "%""#,
            #"invalid value for parameter "%": "%""#, #"permission denied to set parameter "%""#,
            #"parameter "%" cannot be changed now"#, #"parameter "%" cannot be set after connection start"#,
            #"there is no unique constraint matching given keys for referenced table "%""#,
            #"there is no primary key for referenced table "%""#,
            #"multiple primary keys for table "%" are not allowed"#, #"no language specified"#,
            #"could not create unique index "%""#, #"materialized view "%" has not been populated"#,
            #"security label provider "%" is not loaded"#, #"no security label providers have been loaded"#,
            #"permission denied to create extension "%""#, #"permission denied to create role"#,
            #"permission denied to set session authorization"#, #"permission denied to set role "%""#,
            #"must be superuser to create % FDW handler"#, #"must be member of role "%""#,
            #"must be able to SET ROLE "%""#, #"must be superuser"#,
            #"could not extend file "%": No space left on device"#,
            #"could not write to file "%": No space left on device"#,
            #"could not write block % of temporary file: No space left on device"#, "out of memory",
            "out of shared memory",
            #"temporary file size exceeds "temp_file_limit" (%kB)"#,
            #"temporary file size exceeds temp_file_limit (%kB)"#,
            "canceling statement due to user request", "canceling statement due to statement timeout",
            "canceling statement due to lock timeout", "deadlock detected",
            "terminating connection due to administrator command",
            "terminating connection because of crash of another server process",
            "terminating connection due to idle-in-transaction timeout", "the database system is shutting down",
            "the database system is starting up", "the database system is in recovery mode",
            "sorry, too many clients already", "stack depth limit exceeded",
            "current transaction is aborted, commands ignored until end of transaction block",
            #"database "%" is not currently accepting connections"#, #"role "%" is not permitted to log in"#,
            "more than one row returned by a subquery used as an expression",
            "cannot execute % in a read-only transaction",
            "cannot insert multiple commands into a prepared statement",
            "syntax error at end of jsonpath input", #"syntax error at or near "%" of jsonpath input"#,
            #"tablespace "%" is not empty"#, #"cannot drop % because other objects depend on it"#,
        ]
}
