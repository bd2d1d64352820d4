import Findings
import Testing

/// What a row holds is nobody's business: not the report's, not the terminal's.
@Suite struct RowValueTests {
    static let secret = "secret-4711"

    static let dumps: [(name: String, statements: String)] = [
        (
            "rows whose COPY line is lost are commands of psql's, or statements",
            """
            CREATE TABLE public.t (a text, b text);
            \\N\t\(secret)
            \\\(secret)\tb
            \(secret)\t\\N
            \\.
            ;
            """
        ),
        (
            "an exception with a code of its own quotes a value",
            "DO $$ BEGIN RAISE EXCEPTION 'not good: \(secret)' USING ERRCODE = '45000'; END $$;"
        ),
        (
            "an exception with a code of the server's own",
            "DO $$ BEGIN RAISE EXCEPTION 'not good: \(secret)' USING ERRCODE = '22012'; END $$;"
        ),
        (
            "an exception with a code of the server's own that speaks of objects",
            "DO $$ BEGIN RAISE EXCEPTION 'not good: \(secret)' USING ERRCODE = '42704'; END $$;"
        ),
        (
            "a value that names a role, in a row of a COPY",
            """
            CREATE TABLE public.t (r regrole);
            COPY public.t (r) FROM stdin;
            "\(secret)"
            \\.
            """
        ),
        (
            "a value that names a table, in an INSERT",
            """
            CREATE TABLE public.t (r regclass);
            INSERT INTO public.t VALUES ('"\(secret)"');
            """
        ),
        (
            "rows that are there twice, each a statement",
            """
            CREATE TABLE public.t (a text PRIMARY KEY);
            INSERT INTO public.t VALUES ('\(secret)');
            INSERT INTO public.t VALUES ('\(secret)');
            """
        ),
        (
            "a row of a COPY that ends too early, within a constraint",
            """
            CREATE TABLE public.t (a text, b integer CHECK (b > 0));
            INSERT INTO public.t VALUES ('\(secret)', 0);
            COPY public.t (a, b) FROM stdin;
            \(secret)
            \\.
            """
        ),
        (
            "rows of a COPY that the server refuses read as statements",
            """
            COPY public.nothing (r) FROM stdin;
            table "\(secret)";
            select "\(secret)" from x;
            call "\(secret)"();
            drop table "\(secret)";
            \\.
            """
        ),
        (
            "rows whose COPY line is lost read as statements",
            """
            CREATE TABLE public.t (a text);
            table "\(secret)";
            select "\(secret)" from pg_catalog.pg_class;
            call "\(secret)"();
            drop table "\(secret)";
            alter table "\(secret)" owner to postgres;
            comment on table "\(secret)" is 'x';
            """
        ),
        (
            "a trigger raises a form of the server's own, names its table and its constraint",
            """
            CREATE TABLE public.t (a text);
            CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'relation "%" does not exist', NEW.a
                    USING ERRCODE = '42P01', TABLE = NEW.a, CONSTRAINT = NEW.a, SCHEMA = NEW.a;
            END $$;
            CREATE TRIGGER f BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f();
            COPY public.t (a) FROM stdin;
            \(secret)
            \\.
            """
        ),
        (
            "a check function speaks of rights",
            """
            CREATE FUNCTION public.may(a text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'user % may not', a USING ERRCODE = '42501';
            END $$;
            CREATE TABLE public.t (a text CHECK (public.may(a)));
            COPY public.t (a) FROM stdin;
            \(secret)
            \\.
            """
        ),
        (
            "a view casts a value to a role without any function",
            """
            CREATE TABLE public.t (a text);
            INSERT INTO public.t VALUES ('"\(secret)"');
            CREATE MATERIALIZED VIEW public.v AS SELECT a::regrole AS r FROM public.t WITH NO DATA;
            REFRESH MATERIALIZED VIEW public.v;
            """
        ),
    ]

    @Test(arguments: dumps.indices, ["", "trace"])
    func isNowhere(_ index: Int, log level: String) async throws {
        let (name, statements) = Self.dumps[index]
        try await withDesk { desk in
            let drilled = try await desk.drill(
                try desk.script(statements), environment: ["PGASSAY_LOG": level])
            #expect(drilled.exitCode != 0, "\(name)")
            #expect(drilled.findings("restore").contains { $0.status != .passed }, "\(name)")
            try desk.expectNowhere(Self.secret, drilled)
        }
    }
}
