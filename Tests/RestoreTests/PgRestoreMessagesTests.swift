import Testing

@testable import Restore

/// What pg_restore prints, as 15 to 18 print it.
@Suite struct PgRestoreMessagesTests {
    private func read(_ text: String) -> [PgRestoreMessages.Event] {
        var messages = PgRestoreMessages()
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { messages.add(String($0)) }
            + messages.finish()
    }

    private func problems(_ text: String) -> [RawProblem] {
        read(text).compactMap { if case .problem(let problem) = $0 { problem } else { nil } }
    }

    @Test func aFailedConstraint() {
        let problems = problems(
            """
            pg_restore: creating FK CONSTRAINT "public.fields fields_farmer_id_fkey"
            pg_restore: while PROCESSING TOC:
            pg_restore: from TOC entry 3213; 2606 16390 FK CONSTRAINT fields fields_farmer_id_fkey ava
            pg_restore: error: could not execute query: ERROR:  insert or update on table "fields" violates foreign key constraint "fields_farmer_id_fkey"
            DETAIL:  Key (farmer_id)=(4711) is not present in table "farmers".
            Command was: ALTER TABLE ONLY public.fields
                ADD CONSTRAINT fields_farmer_id_fkey FOREIGN KEY (farmer_id) REFERENCES public.farmers(id);


            pg_restore: warning: errors ignored on restore: 1
            """)
        #expect(problems.count == 1)
        #expect(problems.first?.entry == .entry(3213))
        #expect(problems.first?.message.hasPrefix(#"insert or update on table "fields" violates"#) == true)
        #expect(problems.first?.statement?.hasPrefix("ALTER TABLE ONLY public.fields\n    ADD CONSTRAINT") == true)
        #expect(problems.first?.isOfCopy == false)
        #expect(problems.first?.isFromProgram == false)
    }

    @Test func rowsThatDoNotLoad() {
        let problems = problems(
            """
            pg_restore: processing data for table "public.fields"
            pg_restore: from TOC entry 3301; 0 16401 TABLE DATA fields ava
            pg_restore: error: COPY failed for table "fields": ERROR:  invalid input syntax for type integer: "secret"
            CONTEXT:  COPY fields, line 3, column id: "secret"
            pg_restore: finished item 3301 TABLE DATA fields
            """)
        #expect(problems.count == 1)
        #expect(problems.first?.entry == .entry(3301))
        #expect(problems.first?.message == #"invalid input syntax for type integer: "secret""#)
        #expect(problems.first?.context == #"COPY fields, line 3, column id: "secret""#)
    }

    /// The function comes first, and the COPY that called it last. Its statement is not printed.
    @Test func rowsThatAFunctionRefuses() {
        let problems = problems(
            """
            pg_restore: from TOC entry 3301; 0 16401 TABLE DATA fields ava
            pg_restore: error: COPY failed for table "fields": ERROR:  role "ada" does not exist
            CONTEXT:  PL/pgSQL function public.is_role(text) line 1 at RETURN
            COPY fields, line 3: "ada"
            pg_restore: finished item 3301 TABLE DATA fields
            """)
        #expect(problems.count == 1)
        #expect(problems.first?.isOfCopy == true)
        #expect(problems.first?.copyContext == #"fields, line 3: "ada""#)
    }

    @Test(arguments: [
        (
            "pg_restore: error: could not read from input file: end of file",
            "could not read from input file: end of file"
        ),
        ("pg_restore: fatal: unrecognized data block type (7)", "unrecognized data block type (7)"),
        ("pg_restore: [custom archiver] error: x", nil),
    ])
    func theProgramsOwnComplaints(_ line: String, _ message: String?) {
        let problems = problems(line)
        #expect(problems.map(\.message) == [message].compactMap { $0 })
        #expect(problems.allSatisfy { $0.isFromProgram && $0.entry == nil })
    }

    @Test(arguments: [
        (#"pg_restore: creating TABLE "public.t""#, #"TABLE "public.t""#),
        (#"pg_restore: processing data for table "public.t""#, #"TABLE DATA "public.t""#),
        ("pg_restore: executing SEQUENCE SET t_id_seq", "SEQUENCE SET t_id_seq"),
    ])
    func whatItIsAt(_ line: String, _ name: String) {
        #expect(read(line) == [.began(name)])
    }

    /// The text of a statement comes from the dump, and may look like what pg_restore says about it.
    @Test func aStatementCannotSpeakForPgRestore() {
        let problems = problems(
            """
            pg_restore: from TOC entry 7; 1255 1 FUNCTION f() ava
            pg_restore: error: could not execute query: ERROR:  type "nosuch" does not exist
            Command was: CREATE FUNCTION f() RETURNS nosuch LANGUAGE sql AS '
            CONTEXT:  COPY passwords, line 1: "secret"
            Command was: DROP TABLE farmers
            ';
            pg_restore: finished main parallel loop
            """)
        #expect(problems.count == 1)
        #expect(problems.first?.context == nil)
        #expect(problems.first?.statement?.hasPrefix("CREATE FUNCTION") == true)
    }

    @Test func theLastProblemEndsWithTheOutput() {
        let problems = problems(
            """
            pg_restore: error: one
            pg_restore: error: two
            Command was: SELECT 2
            """)
        #expect(problems.map(\.message) == ["one", "two"])
        #expect(problems.last?.statement == "SELECT 2")
    }

    @Test func aStatementIsKeptInPart() {
        let problems = problems("pg_restore: error: x\nCommand was: \(String(repeating: "y", count: 5000))")
        #expect(problems.first?.statement?.count == 4096)
    }

    /// Two workers wrote at once: the error is one all the same.
    @Test(arguments: [
        "pg_restore:pg_restore: error: gone", "pg_restore: pg_restore: error: gone", "pg_restore:error: gone",
        "pg_restore: error: pg_restore: creating INDEX \"i\"\ngone",
        "pg_restore:pg_restore: creating INDEX \"i\"\n error: gone",
        "pg_restore: error: pg_restore: finished item 3 INDEX i\ngone",
        "pg_restore: error: \n                         ^\ngone",
    ])
    func mingledPrefixesHideNoError(_ line: String) {
        #expect(problems(line).map(\.message) == ["gone"])
    }

    @Test(arguments: ["", "DETAIL:  nothing before it", "psql: error: not ours"])
    func otherLinesAreNothing(_ line: String) {
        #expect(read(line).isEmpty)
    }
}
