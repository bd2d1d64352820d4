import Postgres
import TestSupport
import Testing

@testable import Scratch

/// What the machine's PostgreSQL can do, it can do behind the walls.
@Suite struct InsideTests {
    /// From packages of Debian (tools/install-dependencies.sh).
    @Test(arguments: [
        ("CREATE EXTENSION amcheck; CREATE TABLE t (i int PRIMARY KEY); SELECT bt_index_check('t_pkey', true)", ""),
        ("CREATE EXTENSION pg_visibility; CREATE TABLE t (i int); SELECT pg_check_frozen('t')", ""),
        (
            "CREATE EXTENSION plperl",
            "CREATE FUNCTION f() RETURNS text LANGUAGE plperl AS $$ return join ',', reverse 1..3 $$; SELECT f()"
        ),
        (
            "CREATE EXTENSION plperlu",
            "CREATE FUNCTION f() RETURNS text LANGUAGE plperlu AS $$ use POSIX; use Encode; return POSIX::floor(2.5) $$; SELECT f()"
        ),
        ("CREATE EXTENSION postgis", "SELECT ST_AsText(ST_Transform(ST_SetSRID(ST_MakePoint(25, 42), 4326), 3857))"),
        (
            "CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk')",
            "SELECT 'Goethe' < 'Göthe' COLLATE german"
        ),
        (
            "CREATE TEXT SEARCH DICTIONARY english_hunspell (TEMPLATE = ispell, DictFile = en_us, AffFile = en_us, StopWords = english)",
            "SELECT ts_lexize('english_hunspell', 'stories')"
        ),
        ("CREATE EXTENSION unaccent", "SELECT unaccent('Hôtel')"),
        ("SET timezone = 'Europe/Sofia'", "SELECT '2026-07-01 12:00+00'::timestamptz"),
    ])
    func works(_ preparation: String, _ question: String) async throws {
        try await TestServer.shared(major: 15) { server in
            try await withNewDatabase(on: server) { target in
                try await withConnection(to: target) { connection in
                    try await connection.execute(preparation)
                    if !question.isEmpty { try await connection.execute(question) }
                }
            }
        }
    }

    /// As many collations as outside: initdb asks the machine for its locales.
    @Test func localesAreThere() async throws {
        try await TestServer.shared(major: 15) { server in
            try await withConnection(to: server.target(database: "postgres")) { connection in
                let counted = try await connection.query(
                    "SELECT count(*) FROM pg_collation WHERE collprovider = 'i'")[0].need(at: 0, as: Int64.self)
                #expect(counted > 100)
            }
        }
    }
}
