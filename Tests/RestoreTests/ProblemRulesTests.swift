import Findings
import Postgres
import Testing

@testable import Restore

/// Whose fault an error is. Every row would be a false alarm, or a false pass, if it were told otherwise.
@Suite struct ProblemRulesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let sqlState: String?
        let message: String
        var statement: String?
        /// Nil for what is harmless.
        let cause: Cause?
        let reason: String

        var testDescription: String { "\(sqlState ?? "program"): \(reason)" }

        init(_ sqlState: String?, _ message: String, statement: String? = nil, _ cause: Cause?, _ reason: String) {
            self.sqlState = sqlState
            self.message = message
            self.statement = statement
            self.cause = cause
            self.reason = reason
        }
    }

    static let server = [
        Row("23503", "insert or update on table …", .backup, "an orphan"),
        Row("23505", "could not create unique index …", .backup, "a row twice"),
        Row("23502", "null value in column …", .backup, "a null where none may be"),
        Row("23514", "new row violates check constraint …", .backup, "a row that breaks a check"),
        Row("23P01", "conflicting key value violates exclusion …", .backup, "rows that exclude each other"),
        Row("42830", "there is no unique constraint …", .backup, "a key that duplicates kept from being made"),
        Row("22021", "invalid byte sequence for encoding …", .backup, "bytes that are no text"),
        Row("22P02", "invalid input syntax for type integer …", .backup, "a value that is none"),
        Row("22P04", "missing data for column …", .backup, "half a row"),
        Row("42601", "syntax error …", .backup, "half a statement"),
        Row("42P01", #"relation "t" does not exist"#, .backup, "a table that the dump does not make"),
        Row("42883", "function f() does not exist", .backup, "a function that the dump does not make"),
        Row("42P07", #"relation "t" already exists"#, .backup, "the same table twice"),

        Row("0A000", #"extension "postgis" is not available"#, .environment, "an extension that is not installed"),
        Row("58P01", "could not open extension control file …", .environment, "the same, before PostgreSQL 15"),
        Row("58P01", #"could not access file "$libdir/x""#, .environment, "a library that is not installed"),
        Row("42704", #"tablespace "fast" does not exist"#, .environment, "a tablespace is the server's"),
        Row("42704", #"collation "de_AT" for encoding …"#, .environment, "a collation is the machine's"),
        Row("42704", #"access method "rum" does not exist"#, .environment, "an access method is an extension's"),
        Row("42704", #"language "plpython3u" does not exist"#, .environment, "a language is an extension's"),
        Row(
            "42704", #"unrecognized configuration parameter "my.x""#, statement: "ALTER FUNCTION f SET my.x",
            .environment,
            "a setting that an object needs"),
        Row("42501", "permission denied …", .environment, "a role that may not"),
        Row("53100", "could not extend file: No space left on device", .environment, "a full disk"),
        Row("53200", "out of memory", .environment, "too little memory"),
        Row("57014", "canceling statement due to user request", .environment, "somebody stopped it"),
        Row("57P01", "terminating connection …", .environment, "the server was stopped"),
        Row("08006", "connection failure", .environment, "the server went away"),
        Row("XX000", "cache lookup failed …", .environment, "the server's own mistake"),
        Row("99999", "what nobody has seen before", .environment, "what no rule knows blames nobody"),

        Row("42P06", #"schema "public" already exists"#, nil, "every new database has it"),
        Row(
            "42704", #"role "ada" does not exist"#, statement: "ALTER TABLE public.t OWNER TO ada;", nil,
            "no dump holds roles"),
        Row(
            "42704", #"role "ada" does not exist"#, statement: "GRANT SELECT ON TABLE public.t TO ada;", nil,
            "a grant to a role"),
        Row(
            "42704", #"role "ada" does not exist"#, statement: "CREATE INDEX i ON public.t (public.f(n));",
            .environment,
            "an index over a function that asks for a role"),
        Row(
            "42704", #"role "ada" does not exist"#,
            statement: "ALTER TABLE ONLY public.t ADD CONSTRAINT c CHECK (f(n))",
            .environment, "a CHECK that asks for a role"),
        Row("42704", #"role "ada" does not exist"#, .environment, "who knows what did not come"),
        Row(
            "58P01", #"could not open file "base/5/16384": No such file"#, .environment, "a file of the scratch server"),
        Row(
            "42704", #"unrecognized configuration parameter "transaction_timeout""#,
            statement: "SET transaction_timeout = 0;", nil, "a setting of the dump's own session"),
        Row(
            "42P01", #"relation "public.t" does not exist"#, statement: "ALTER TABLE ONLY public.t DROP CONSTRAINT k;",
            nil, "--clean drops a constraint first"),
        Row("42P01", #"table "t" does not exist"#, statement: "DROP TABLE public.t;", nil, "--clean drops a table"),
        Row("3F000", #"schema "s" does not exist"#, statement: "DROP SCHEMA s;", nil, "--clean drops a schema"),
        Row(
            "42P01", #"relation "public.t" does not exist"#,
            statement: "ALTER TABLE public.t ALTER COLUMN id DROP DEFAULT;", nil, "--clean drops a default"),
        Row(
            "42P01", #"relation "drop" does not exist"#,
            statement: "ALTER TABLE \"a DROP x\" ENABLE ROW LEVEL SECURITY;",
            .backup, "a name with DROP in it drops nothing"),
        Row("42601", "syntax error", statement: "DROP TABLE", .backup, "half a DROP is damage"),
    ]

    @Test(arguments: server)
    func serversErrors(_ row: Row) {
        var rules = ProblemRules()
        let judgement = rules.judge(RawProblem(sqlState: row.sqlState, message: row.message, statement: row.statement))
        #expect(judgement.cause == row.cause)
        #expect(!judgement.reason.isEmpty)
    }

    static let programs = [
        Row(nil, "could not read from input file: end of file", .backup, "cut off"),
        Row(nil, "unexpected block ID (0) when reading data -- expected 3301", .backup, "another block than named"),
        Row(nil, "could not uncompress data: incorrect data check", .backup, "a flipped bit"),
        Row(nil, "did not find magic string in file header", .backup, "no archive"),
        Row(nil, "corrupt tar header found in toc.dat", .backup, "a damaged tar file"),
        Row(nil, "unsupported version (1.17) in file header", .environment, "a newer archive"),
        Row(nil, "this build does not support compression with zstd", .environment, "a pg_restore without zstd"),
        Row(nil, "could not open file: Permission denied", .environment, "a file that it may not read"),
        Row(nil, "could not write to file: No space left on device", .environment, "a full disk"),
        Row(nil, "connection to server on socket failed", .environment, "no server"),
        Row(nil, "what nobody has seen before", .environment, "what no rule knows blames nobody"),
    ]

    @Test(arguments: programs)
    func programsComplaints(_ row: Row) {
        var rules = ProblemRules()
        let judgement = rules.judge(RawProblem(message: row.message, isFromProgram: true))
        #expect(judgement.cause == row.cause)
        #expect(!judgement.reason.isEmpty)
    }

    /// What depends on something that this machine lacks is undefined for that reason, and the backup is not blamed.
    @Test(arguments: ["42P01", "42883", "42704", "42830"])
    func whatFollowsFromALackIsNoDamage(_ sqlState: String) {
        let extensionMissing = RawProblem(sqlState: "0A000", message: #"extension "postgis" is not available"#)
        let undefined = RawProblem(sqlState: sqlState, message: #"type "geometry" does not exist"#)
        var rules = ProblemRules()
        #expect(rules.judge(undefined).cause == .backup)
        #expect(rules.judge(extensionMissing).cause == .environment)
        #expect(rules.judge(undefined).cause == .environment)
        // Rows that break their keys do so on every machine.
        #expect(rules.judge(RawProblem(sqlState: "23505", message: "")).cause == .backup)
    }

    /// The same error before and after the machine has kept rows out, and one about the backup's own bytes.
    @Test(arguments: [
        ("53100", nil, "a full disk"), ("57014", "COPY t, line 3", "a statement that was cancelled"),
        ("58P01", "COPY t, line 3", "a row that needs a library"), (nil, nil, "a server that went away"),
    ])
    func whatFollowsFromMissingRowsIsNoDamage(_ sqlState: String?, _ context: String?, _ reason: String) {
        let orphan = RawProblem(sqlState: "23503", message: "violates foreign key constraint")
        let damage = RawProblem(sqlState: "22021", message: "invalid byte sequence", context: "COPY t, line 9")
        var rules = ProblemRules()
        #expect(rules.judge(orphan).cause == .backup)
        let machine = RawProblem(sqlState: sqlState, message: "server closed the connection", context: context)
        #expect(rules.judge(machine).cause == .environment)
        #expect(rules.judge(orphan).cause == .environment, "\(reason)")
        #expect(rules.judge(damage).cause == .backup, "\(reason)")
    }

    /// Forty tables of one reason are one problem, with the tables behind it; each bad row is one of its own.
    @Test func whatShowsInManyPlacesIsToldOnce() {
        func problems(_ sqlState: String, _ message: String, context: String? = nil) -> [RestoreProblem] {
            var rules = ProblemRules()
            let raw = (1...3).map { index in
                RawProblem(
                    entry: .line(index), sqlState: sqlState, message: message.replacing("%", with: "\(index)"),
                    context: context)
            }
            return rules.judge(raw) { if case .line(let line)? = $0.entry { "TABLE t\(line)" } else { "" } }
        }
        let told = problems("42704", #"type "geometry" does not exist"#)
        #expect(told.map(\.subject) == ["TABLE t1"])
        #expect(told.first?.alsoIn == ["TABLE t2", "TABLE t3"])
        #expect(problems("22P02", "invalid input syntax", context: "COPY t, line 3").count == 3)
    }

    @Test func whatFollowsFromALackIsToldOnce() {
        var rules = ProblemRules()
        let raw =
            [RawProblem(sqlState: "0A000", message: #"extension "postgis" is not available"#)]
            + (1...3).map {
                RawProblem(entry: .line($0), sqlState: "42P01", message: #"relation "t\#($0)" does not exist"#)
            }
        let told = rules.judge(raw) { if case .line(let line)? = $0.entry { "TABLE t\(line)" } else { "EXTENSION" } }
        #expect(told.map(\.subject) == ["EXTENSION", "TABLE t1"])
        #expect(told.last?.alsoIn == ["TABLE t2", "TABLE t3"])
    }

    /// What this machine lacks is no reason to think that rows are missing.
    @Test func whatLacksAnExtensionStillHasItsRows() {
        var rules = ProblemRules()
        #expect(
            rules.judge(RawProblem(sqlState: "0A000", message: "extension x is not available")).cause == .environment)
        #expect(rules.judge(RawProblem(sqlState: "23503", message: "violates foreign key constraint")).cause == .backup)
    }

    static let texts: [(sqlState: String?, message: String, context: String?, text: String, reason: String)] = [
        (
            "23505", "could not create unique index: Key (id)=(secret)", nil, "unique violation (SQLSTATE 23505)",
            "a key is a row value"
        ),
        (
            "22P02", #"invalid input syntax for type integer: "secret""#, #"COPY t, line 3, column id: "secret""#,
            "invalid text representation (SQLSTATE 22P02), COPY t, line 3", "the value, and again in its context"
        ),
        ("22XYZ", "a code of tomorrow: secret", nil, "error (SQLSTATE 22XYZ)", "no name, and no value either"),
        (
            "P0001", "secret", nil, "exception raised by the backup's own code (SQLSTATE P0001)",
            "code can raise what it reads"
        ),
        (
            "42P01", #"relation "t" does not exist"#, nil, #"relation "t" does not exist (SQLSTATE 42P01)"#,
            "names are no values"
        ),
        (
            "42704", #"role "secret" does not exist"#, #"COPY t, line 3, column r: "secret""#,
            #"role "…" does not exist (SQLSTATE 42704), COPY t, line 3"#, "a value of the type regrole is a name"
        ),
        (
            "42P01", #"relation "secret" does not exist"#, "PL/pgSQL function f() line 3 at RAISE",
            #"relation "…" does not exist (SQLSTATE 42P01)"#, "code can raise anything under any code"
        ),
        (
            "42P01", "we know of secret", nil, "undefined table (SQLSTATE 42P01)",
            "a message of no form of the server's"
        ),
        (
            "42501", "user secret may not", "PL/pgSQL function f() line 3 at RAISE",
            "insufficient privilege (SQLSTATE 42501)", "a code that speaks of rights"
        ),
        (
            "XX000", #"relation "t" does not exist, and neither does secret"#, nil, "internal error (SQLSTATE XX000)",
            "more than a form"
        ),
        (
            "42704", #"type "t" does not exist: role "secret" does not exist"#, nil,
            #"type "…" does not exist (SQLSTATE 42704)"#,
            "two forms"
        ),
        (
            "42883", "function t(integer, text) does not exist", nil,
            "function t(integer, text) does not exist (SQLSTATE 42883)", "a signature of known names"
        ),
        (
            "42883", "function t(secret) does not exist", nil, "function … does not exist (SQLSTATE 42883)",
            "a signature with another one"
        ),
        (
            "42601", #"syntax error at or near "secret""#, nil, "syntax error (SQLSTATE 42601)",
            "a row that was taken for a statement"
        ),
        (
            "21000", "more than one row returned by a subquery used as an expression", nil,
            "more than one row returned by a subquery used as an expression (SQLSTATE 21000)", "it quotes nothing"
        ),
        (
            "53100", #"could not extend file "base/5/16384": No space left on device"#, "COPY t, line 3",
            #"could not extend file "…": No space left on device (SQLSTATE 53100), COPY t, line 3"#,
            "a disk has no names"
        ),
        (
            "57014", "secret was cancelled", nil, "query canceled (SQLSTATE 57014)", "code can raise that too"
        ),
        (nil, "could not read from input file", nil, "could not read from input file", "the program's own words"),
    ]

    @Test(arguments: texts.indices)
    func reportsHoldNoRowValues(_ index: Int) {
        let (sqlState, message, context, text, reason) = Self.texts[index]
        let problem = RawProblem(
            sqlState: sqlState, message: message, context: context, isFromProgram: sqlState == nil)
        let told = problem.publicMessage(names: ObjectNames(["t"]))
        #expect(told == text, "\(reason)")
        #expect(!told.contains("secret"), "\(reason)")
    }

    /// pg_restore does not print codes; where the server's log cannot be read, its words must do.
    @Test(arguments: [
        (#"insert or update on table "t" violates foreign key constraint "k""#, "23503"),
        (#"could not create unique index "i""#, "23505"), (#"relation "public.t" does not exist"#, "42P01"),
        (#"role "ada" does not exist"#, "42704"), (#"extension "postgis" is not available"#, "0A000"),
        (#"schema "s" does not exist"#, "42704"), ("function public.f(integer) does not exist", "42883"),
        ("permission denied for schema public", "42501"), ("something else", nil),
        (#"there is no unique constraint matching given keys for referenced table "t""#, "42830"),
    ])
    func codesAreGuessedFromWords(_ message: String, _ sqlState: String?) {
        #expect(SQLStateGuess.state(ofMessage: message) == sqlState)
    }
}
