import Archive
import Testing

@Suite(.keepsItsThread) struct ForeignKeyDefinitionTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let statement: String
        let from: String
        let to: String
        var options = ""
        let reason: String
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Row(
            statement:
                "ALTER TABLE ONLY public.f\n    ADD CONSTRAINT k FOREIGN KEY (g_id) REFERENCES public.g(id);",
            from: "public|f|k|g_id", to: "public|g|id", reason: "as pg_dump writes it"),
        Row(
            statement:
                "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES s2.t2(c, d) MATCH FULL ON DELETE CASCADE",
            from: "nil|t|k|a,b", to: "s2|t2|c,d", options: "full",
            reason: "a partitioned table, two columns, MATCH FULL"),
        Row(
            statement:
                #"ALTER TABLE "a.b"."c ""d" ADD CONSTRAINT "e,(f)" FOREIGN KEY ("G", "h,") REFERENCES "j;".l("m)", o)"#,
            from: #"a.b|c "d|e,(f)|G,h,"#, to: #"j;|l|m),o"#, reason: "punctuation in names"),
        Row(
            statement:
                "ALTER TABLE \"名前\".\"é\nü\" ADD CONSTRAINT \"😀\" FOREIGN KEY (ñ) REFERENCES public.t(id) NOT VALID;",
            from: "名前|é\nü|😀|ñ", to: "public|t|id", options: "notValid",
            reason: "names outside of ASCII, with a line end"),
        Row(
            statement:
                "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u(b) DEFERRABLE INITIALLY DEFERRED;",
            from: "nil|t|k|a", to: "nil|u|b", reason: "a dump from before 2018 leaves schemas out"),
        Row(
            statement:
                "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, PERIOD p) REFERENCES u(b, PERIOD q) NOT ENFORCED;",
            from: "nil|t|k|a,p", to: "nil|u|b,q", options: "notEnforced period", reason: "what came with 18"),
        Row(
            statement:
                "ALTER TABLE public.t ADD CONSTRAINT k FOREIGN KEY (period) REFERENCES public.u(\"period\");",
            from: "public|t|k|period", to: "public|u|period", reason: "a column that is called period"),
        Row(
            statement: "alter table if exists Public.T add constraint K foreign key (A) references U",
            from: "public|t|k|a", to: "nil|u|", reason: "written by hand: folded, primary key implied"),
    ])
    func parses(_ row: Row) throws {
        let key = try #require(ForeignKeyDefinition(parsing: row.statement))
        #expect(
            [key.schema ?? "nil", key.table, key.name, key.columns.joined(separator: ",")].joined(separator: "|")
                == row.from)
        #expect(
            [key.referencedSchema ?? "nil", key.referencedTable, key.referencedColumns.joined(separator: ",")].joined(
                separator: "|") == row.to)
        #expect(key.matchFull == row.options.contains("full"))
        #expect(key.notValid == row.options.contains("notValid"))
        #expect(key.notEnforced == row.options.contains("notEnforced"))
        #expect(key.hasPeriod == row.options.contains("period"))
    }

    @Test(arguments: [
        "", "ALTER TABLE ONLY public.t ADD CONSTRAINT k PRIMARY KEY (a);", "ALTER TABLE public.t OWNER TO x;",
        "ALTER TABLE ONLY public.t ADD CONSTRAINT k FOREIGN KEY (a", "CREATE TABLE public.t (a int REFERENCES u(b));",
        "ALTER TABLE ONLY public. ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u(b)",
        "-- ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u(b)",
    ])
    func isNothingElse(_ statement: String) {
        #expect(ForeignKeyDefinition(parsing: statement) == nil)
    }
}
