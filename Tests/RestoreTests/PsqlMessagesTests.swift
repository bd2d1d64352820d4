import Testing

@testable import Restore

/// What psql prints about a script on its standard input, with verbose errors and the statement behind each.
@Suite struct PsqlMessagesTests {
    private func problems(_ text: String) -> [RawProblem] {
        var messages = PsqlMessages()
        return text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { messages.add(String($0)) }
            + [messages.finish()].compactMap { $0 }
    }

    @Test func aFailedConstraint() {
        let problems = problems(
            """
            psql:<stdin>:75: ERROR:  23503: insert or update on table "fields" violates foreign key constraint "k"
            DETAIL:  Key (farmer_id)=(4711) is not present in table "farmers".
            SCHEMA NAME:  public
            TABLE NAME:  fields
            CONSTRAINT NAME:  k
            LOCATION:  ri_ReportViolation, ri_triggers.c:2596
            psql:<stdin>:75: STATEMENT:  ALTER TABLE ONLY public.fields
                ADD CONSTRAINT k FOREIGN KEY (farmer_id) REFERENCES public.farmers(id);
            """)
        #expect(problems.count == 1)
        #expect(problems.first?.entry == .line(75))
        #expect(problems.first?.sqlState == "23503")
        #expect(problems.first?.names == ["schema": "public", "table": "fields", "constraint": "k"])
        #expect(problems.first?.statement == "ALTER TABLE ONLY public.fields")
    }

    @Test func oneAfterTheOther() {
        let problems = problems(
            """
            psql:<stdin>:3: ERROR:  42P01: relation "a" does not exist
            psql:<stdin>:3: STATEMENT:  ALTER TABLE a;
            psql:<stdin>:4: NOTICE:  00000: not a problem
            psql:<stdin>:9: ERROR:  22P04: extra data after last expected column
            CONTEXT:  COPY t, line 2: "secret"
            psql:<stdin>:9: STATEMENT:  COPY public.t (id) FROM stdin;
            psql:<stdin>:12: error: invalid command
            psql: error: connection to server was lost
            """)
        #expect(problems.map(\.entry) == [.line(3), .line(9), .line(12), nil])
        #expect(problems.map(\.sqlState) == ["42P01", "22P04", nil, nil])
        #expect(problems.map(\.isFromProgram) == [false, false, true, true])
        #expect(problems[1].context == #"COPY t, line 2: "secret""#)
    }

    /// The text of a statement comes from the dump, and may look like what psql says about it.
    @Test func aStatementCannotRenameWhatFailed() {
        let problems = problems(
            """
            psql:<stdin>:3: ERROR:  42601: syntax error at or near "x"
            psql:<stdin>:3: STATEMENT:  SELECT '
            TABLE NAME:  farmers
            CONTEXT:  COPY passwords, line 1: "secret"
            ' x;
            """)
        #expect(problems.count == 1)
        #expect(problems.first?.names == [:])
        #expect(problems.first?.context == nil)
    }

    @Test(arguments: ["", "TABLE NAME:  t", "psql:<stdin>:1: WARNING:  01000: careful", "LINE 1: SELECT"])
    func otherLinesAreNothing(_ line: String) {
        #expect(problems(line).isEmpty)
    }
}
