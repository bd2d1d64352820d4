import Testing

@testable import Archive

/// What `pg_dumpall` writes about a server is understood in every word, and nothing else is.
@Suite(.keepsItsThread) struct GlobalStatementTests {
    private func parse(_ text: String) -> GlobalStatement? { GlobalStatement(SQLTokens(text).tokens) }

    @Test func roles() {
        #expect(parse("CREATE ROLE \"Odd \"\"Role\";") == .createRole("Odd \"Role"))
        var role = ServerRole(name: "app")
        role.abilities = [
            .superuser: false, .inherit: true, .createRole: false, .createDatabase: false, .login: true,
            .replication: false, .bypassesRowSecurity: false,
        ]
        role.connectionLimit = 5
        role.password = .scram
        role.validUntil = "2030-01-01 00:00:00+00"
        #expect(
            parse(
                """
                ALTER ROLE app WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5 \
                PASSWORD 'SCRAM-SHA-256$4096:vrGyay0b0G1HP43RTg9/XA==$qMTdJWEXaI2pyt2vMCTo1YNiVFpSv/bNXtkwhNgvhYg=:8vxDJB8wqc+wLvRE/E9bGxGP0gSuiYq+MIVcjhUyNJc=' \
                VALID UNTIL '2030-01-01 00:00:00+00';
                """) == .alterRole(role))
    }

    @Test(arguments: [
        ("md5" + String(repeating: "0a", count: 16), PasswordForm.md5),
        ("md5" + String(repeating: "0a", count: 15), .unknown),
        ("secret", .unknown), ("SCRAM-SHA-256$4096:AA==$AA=:AA=", .unknown),
    ]) func passwords(_ text: String, _ form: PasswordForm) {
        #expect(PasswordForm(text) == form)
    }

    @Test(arguments: [
        ("GRANT a TO b", RoleMembership(role: "a", member: "b")),
        ("GRANT a TO \"B\" GRANTED BY c", RoleMembership(role: "a", member: "B", grantor: "c")),
        (
            "GRANT a TO b WITH ADMIN OPTION GRANTED BY c",
            RoleMembership(role: "a", member: "b", isAdmin: true, grantor: "c")
        ),
        (
            "GRANT a TO b WITH ADMIN OPTION, INHERIT FALSE, SET FALSE GRANTED BY c",
            RoleMembership(role: "a", member: "b", isAdmin: true, inherits: false, mayBecome: false, grantor: "c")
        ),
        ("GRANT a TO b WITH INHERIT TRUE", RoleMembership(role: "a", member: "b", inherits: true)),
    ]) func memberships(_ text: String, _ membership: RoleMembership) {
        #expect(parse(text + ";") == .membership(membership))
    }

    @Test func settings() {
        func setting(_ role: String?, _ database: String?, _ name: String, _ values: String...) -> GlobalStatement {
            .setting(StoredSetting(role: role, database: database, name: name, values: values))
        }
        #expect(
            parse("ALTER ROLE app SET search_path TO '$user', 'My Schema';")
                == setting("app", nil, "search_path", "$user", "My Schema"))
        #expect(parse("ALTER ROLE app SET \"TimeZone\" TO 'UTC';") == setting("app", nil, "TimeZone", "UTC"))
        #expect(parse("ALTER ROLE app IN DATABASE d SET work_mem = '9MB'") == setting("app", "d", "work_mem", "9MB"))
        #expect(parse("ALTER DATABASE d SET \"app.x\" TO '1';") == setting(nil, "d", "app.x", "1"))
        #expect(parse("ALTER DATABASE d SET app.x TO -1;") == setting(nil, "d", "app.x", "-1"))
    }

    @Test func tablespacesAndDetails() {
        #expect(
            parse("CREATE TABLESPACE fast OWNER app LOCATION '/mnt/fast';")
                == .tablespace(ServerTablespace(name: "fast", owner: "app", location: "/mnt/fast")))
        for text in [
            "ALTER TABLESPACE fast SET (random_page_cost=1.1, seq_page_cost = '2')",
            "GRANT ALL ON TABLESPACE fast TO reader",
            "REVOKE CREATE ON TABLESPACE fast FROM PUBLIC", "GRANT SET ON PARAMETER log_statement TO app",
            "COMMENT ON ROLE app IS 'it''s'", "COMMENT ON TABLESPACE fast IS NULL",
            "SECURITY LABEL FOR 'x' ON ROLE app IS 'y'",
            "GRANT SET, ALTER SYSTEM ON PARAMETER a.b TO c WITH GRANT OPTION",
            "REVOKE GRANT OPTION FOR ALL PRIVILEGES ON TABLESPACE fast FROM reader",
        ] {
            guard case .detail? = parse(text) else {
                Issue.record("\(text)")
                continue
            }
        }
    }

    @Test(arguments: [
        "CREATE DATABASE d WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C'",
        "ALTER DATABASE d CONNECTION LIMIT = 7", "ALTER DATABASE d IS_TEMPLATE = true", "COMMENT ON DATABASE d IS 'x'",
        "REVOKE CONNECT,TEMPORARY ON DATABASE d FROM PUBLIC", "GRANT CONNECT ON DATABASE d TO reader",
        "CREATE DATABASE d WITH TEMPLATE = template0 OWNER = app",
    ]) func areOfADatabase(_ text: String) {
        #expect(parse(text) == .ofDatabase)
    }

    @Test(arguments: [
        "SET default_transaction_read_only = off", "SET client_encoding TO 'UTF8'", "RESET ROLE",
        "SET SESSION AUTHORIZATION bob", "RESET SESSION AUTHORIZATION",
    ]) func areOfTheSession(_ text: String) {
        #expect(parse(text) == .session)
    }

    @Test func makeRoom() {
        #expect(parse("DROP ROLE IF EXISTS app") == .drop(.role("app")))
        #expect(parse("DROP DATABASE d") == .drop(.database("d")))
        #expect(parse("DROP TABLESPACE fast") == .drop(.tablespace("fast")))
        #expect(
            parse("UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'd'")
                == .drop(.database("d")))
    }

    /// A file of roles is a place for a statement of somebody else's.
    @Test(arguments: [
        "ALTER SYSTEM SET archive_command = 'x'", "COPY t FROM PROGRAM 'x'", "DO $$BEGIN END$$",
        "SELECT pg_read_file('x')",
        "CREATE ROLE a SUPERUSER", "CREATE ROLE a; DROP ROLE b", "ALTER ROLE a RENAME TO b", "GRANT a TO b, c",
        "CREATE TABLESPACE t LOCATION '/x' WITH (a=1)", "ALTER ROLE a WITH LOGIN IN ROLE b", "CREATE EXTENSION x",
        "ALTER DATABASE d SET TABLESPACE t", "LOAD 'x'", "UPDATE pg_authid SET rolsuper = true", "REVOKE a FROM b",
        "ALTER ROLE a SET x TO 'y' || 'z'", "GRANT SELECT ON t TO a", "GRANT SELECT ON TABLESPACE t TO a", "SET x",
        "GRANT a TO b; SELECT 1 ON TABLESPACE t TO c", "CREATE FUNCTION f() RETURNS int",
        "DROP OWNED BY a",
        "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = f('d')", "SET x = (SELECT 1)", "",
    ]) func areForeign(_ text: String) {
        #expect(parse(text) == nil)
    }
}

extension RoleMembership {
    fileprivate init(
        role: String, member: String, isAdmin: Bool = false, inherits: Bool? = nil, mayBecome: Bool = true,
        grantor: String? = nil
    ) {
        self.init(role: role, member: member)
        (self.isAdmin, self.inherits, self.mayBecome, self.grantor) = (isAdmin, inherits, mayBecome, grantor)
    }
}
