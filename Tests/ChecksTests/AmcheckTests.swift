import Postgres
import Testing

@testable import Checks

/// The extension that a drill brings along: there for whoever asks, and gone again.
@Suite(.oneServer) struct AmcheckTests {
    @Test func isMadeOnceWhoeverAsksAndRemovedAgain() async throws {
        try await Checking().withDatabase { restored in
            try await ConnectionPool.with(4, to: restored.target, settings: ["search_path": ""]) { pool in
                let context = CheckContext(
                    catalogue: try await pool.with { try await Catalogue.read(over: $0) },
                    contents: restored.contents, serverVersion: restored.serverVersion, backupTime: nil,
                    recoveryPoint: nil, connections: pool, deadline: .seconds(600))
                let before = try await Self.traces(in: context)
                try await withThrowingTaskGroup(of: Amcheck.Found.self) { group in
                    for _ in 1...4 { group.addTask { try await Amcheck.find(in: context) } }
                    for try await found in group {
                        guard case .ready(let amcheck) = found else {
                            Issue.record("\(found)")
                            continue
                        }
                        #expect(amcheck.has(.tree) && amcheck.has(.rows))
                    }
                }
                #expect(try await Self.traces(in: context) != before)
                // Also where there is nothing left to remove.
                for _ in 1...2 {
                    try await Amcheck.remove(in: context)
                    #expect(try await Self.traces(in: context) == before)
                }
            }
        }
    }

    /// The backup's own code must not run because of what a drill makes and removes, and is as it was afterwards.
    @Test func wakesNoEventTriggers() async throws {
        let checking = Checking(
            sql: """
                CREATE TABLE woken (tag text);
                CREATE FUNCTION wake() RETURNS event_trigger LANGUAGE plpgsql AS
                    'BEGIN INSERT INTO public.woken VALUES (tg_tag); END';
                CREATE EVENT TRIGGER "Früh's" ON ddl_command_start EXECUTE FUNCTION wake();
                CREATE EVENT TRIGGER late ON ddl_command_end EXECUTE FUNCTION wake();
                CREATE EVENT TRIGGER dropping ON sql_drop EXECUTE FUNCTION wake();
                ALTER EVENT TRIGGER "Früh's" ENABLE ALWAYS; ALTER EVENT TRIGGER late ENABLE ALWAYS;
                ALTER EVENT TRIGGER dropping ENABLE ALWAYS
                """)
        try await checking.withDatabase { restored in
            try await ConnectionPool.with(1, to: restored.target, settings: ["search_path": ""]) { pool in
                let context = CheckContext(
                    catalogue: try await pool.with { try await Catalogue.read(over: $0) },
                    contents: restored.contents, serverVersion: restored.serverVersion, backupTime: nil,
                    recoveryPoint: nil, connections: pool, deadline: .seconds(600))
                func woken() async throws -> Int {
                    try await context.query("SELECT count(*) FROM public.woken")[0].need(at: 0)
                }
                guard case .ready = try await Amcheck.find(in: context) else {
                    Issue.record("there is no amcheck")
                    return
                }
                try await Amcheck.remove(in: context)
                #expect(try await woken() == 0)
                let states = try await context.query("SELECT evtenabled FROM pg_catalog.pg_event_trigger")
                    .map { try $0.need(at: 0, as: String.self) }
                #expect(states == ["A", "A", "A"])
                // What else changes the database wakes them.
                _ = try await context.query("CREATE TABLE public.another ()")
                #expect(try await woken() == 2)
            }
        }
    }

    /// Extensions, schemas and functions.
    private static func traces(in context: CheckContext) async throws -> [String] {
        try await context.query(
            """
            SELECT extname FROM pg_catalog.pg_extension
            UNION ALL SELECT nspname FROM pg_catalog.pg_namespace
            UNION ALL SELECT proname FROM pg_catalog.pg_proc WHERE oid >= 16384
            ORDER BY 1
            """
        ).map { try $0.need(at: 0) }
    }
}
