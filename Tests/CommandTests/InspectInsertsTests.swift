import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Dumps of INSERT statements, inspected without a server.
@Suite struct InspectInsertsTests {
    @Test(
        "They have the rows and the digests of a dump of COPY statements",
        arguments: [
            ("orchard", ["option-inserts", "option-column-inserts", "option-on-conflict", "option-inserts-custom"]),
            ("types", ["inserts", "column-inserts"]), ("names", ["inserts", "column-inserts"]), ("jobs", ["inserts"]),
        ])
    func agree(_ database: String, _ kinds: [String]) async throws {
        try await withDesk { desk in
            let copied = try await desk.inspect(try await Dumps.named("\(database).custom"))
            #expect(copied.tables.count > 1)
            for kind in kinds {
                let inserted = try await desk.inspect(try await Dumps.named("\(database).\(kind)"))
                #expect(inserted.exitCode == 0, "\(kind): \(inserted.complaints)")
                let unchecked = inserted.findings("values").filter { $0.reason?.contains("INSERT") == true }
                #expect(unchecked.isEmpty, "\(kind): \(unchecked)")
                for table in copied.tables where table.rows != 0 {
                    let other = inserted.tables.first { $0.schema == table.schema && $0.name == table.name }
                    #expect(other?.rows == table.rows && other?.digest == table.digest, "\(kind): \(table.name)")
                    #expect(other?.newest == table.newest, "\(kind): \(table.name)")
                }
            }
        }
    }

    private static let script = """
        --
        -- PostgreSQL database dump
        --

        SET client_encoding = 'UTF8';
        SET standard_conforming_strings = on;

        CREATE TABLE public.t (
            id integer NOT NULL,
            note character varying(5),
            at date,
            twice integer GENERATED ALWAYS AS ((id * 2)) STORED
        );

        INSERT INTO public.t VALUES (1, 'one', '2026-01-01', DEFAULT);
        INSERT INTO public.t VALUES (2, NULL, NULL, DEFAULT);

        ALTER TABLE ONLY public.t
            ADD CONSTRAINT t_pkey PRIMARY KEY (id);

        --
        -- PostgreSQL database dump complete
        --


        """

    @Test(
        "What no server takes fails, and what pg_dump does not write is not checked",
        arguments: [
            ("(2, NULL", "(2o, NULL", nil), ("(2, NULL", "(1, NULL", "key"),
            ("(2, NULL", "('two', NULL", "1 value is not"),
            ("(2, NULL", "(NULL, NULL", "1 NULL"), ("'one'", "'longer'", "1 value is not"),
            ("'2026-01-01'", "'2026-21-01'", "1 value is not"), ("1, 'one', ", "1, ", "has 3 values"),
            ("1, 'one'", "now(), 'one'", nil), ("t VALUES (1", "t (note, id, at) VALUES (1", nil),
        ] as [(String, String, String?)])
    func damaged(_ old: String, _ new: String, _ words: String?) async throws {
        try await withDesk { desk in
            let good = try await desk.inspect(try desk.file("good.sql", Self.script))
            #expect(good.exitCode == 0, "\(good.complaints)\(good.errors)")
            #expect(good.tables.first?.digest != nil && good.tables.first?.rows == 2)
            let bad = Self.script.replacing(old, with: new, maxReplacements: 1)
            #expect(bad != Self.script)
            let found = try await desk.inspect(try desk.file("bad.sql", bad))
            #expect(found.exitCode == (words == nil ? 0 : 1), "\(found.complaints)")
            if let words {
                #expect(found.complaints.contains(words), "\(found.complaints)")
            } else {
                #expect(found.findings("values").contains { $0.reason?.contains("INSERT") == true }, "\(found.checks)")
                #expect(found.tables.first?.digest == nil && found.tables.first?.rows == 2)
            }
        }
    }
}
