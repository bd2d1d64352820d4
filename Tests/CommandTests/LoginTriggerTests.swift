import Findings
import TestSupport
import Testing

/// From PostgreSQL 17 on, a backup can hold code that runs at every login: at the drill's own, too.
@Suite struct LoginTriggerTests {
    static let bodies: [(name: String, body: String)] = [
        ("records", "INSERT INTO public.logins DEFAULT VALUES;"), ("raises", "RAISE 'nobody enters';"),
    ]

    @Test func changeNothing() async throws {
        try await TestServer.with(major: 17) { server in
            try await withDesk { desk in
                for (name, body) in Self.bodies {
                    // At the source it does nothing, so that the rows are known: `at_source` is left out of the dump.
                    let statements = """
                        CREATE TABLE at_source ();
                        CREATE TABLE logins ("at" timestamptz DEFAULT now());
                        INSERT INTO logins SELECT now() FROM generate_series(1, 3);
                        CREATE FUNCTION at_login() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                            IF to_regclass('public.at_source') IS NULL THEN \(body) END IF;
                        END $$;
                        CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION at_login();
                        ALTER EVENT TRIGGER at_login ENABLE ALWAYS;
                        """
                    let dump = try await desk.dump(
                        statements, database: name, on: server, as: DumpKind("custom", .custom, ["-T", "at_source"]))
                    let drilled = try await desk.drill(dump)
                    #expect(drilled.complaints == "", "\(name)")
                    #expect(drilled.exitCode == 0, "\(name)")
                    #expect(drilled.rows == ["public.logins": 3], "\(name)")
                    #expect(drilled.report.environment.postgres?.hasPrefix("17.") == true)
                }
            }
        }
    }
}
