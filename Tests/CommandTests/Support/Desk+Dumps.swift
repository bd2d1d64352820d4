import Foundation
import Postgres
import Report
import Sample
import Scratch
import SystemPackage
import TestSupport
import Testing

extension Desk {
    /// Writes a plain dump by hand, with the lines that pg_dump begins and ends one with.
    /// - Parameter version: of the server that it says it was dumped from.
    func script(_ statements: String, version: String = "15.1") throws -> FilePath {
        try file(
            "dump.sql",
            """
            --
            -- PostgreSQL database dump
            --

            -- Dumped from database version \(version)
            -- Dumped by pg_dump version \(version)

            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;
            SELECT pg_catalog.set_config('search_path', '', false);

            \(statements)

            --
            -- PostgreSQL database dump complete
            --

            """)
    }

    /// Makes a database on a server and dumps it.
    func dump(
        _ statements: String, database: String, on server: ScratchServer, as kind: DumpKind = .custom
    ) async throws -> FilePath {
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await connection.execute(
                "CREATE DATABASE \(quoteIdentifier(database)) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        }
        try await withConnection(to: server.target(database: database)) { try await $0.execute(statements) }
        let file = root.appending("dump-" + String(UInt32.random(in: 0 ... .max), radix: 36))
        try await Sample.dump(database, of: server, format: kind.format, options: kind.options, to: file)
        return file
    }

    /// Of the reports, without the ledger and the proofs beside them.
    var reportNames: [String] {
        get throws { try names(in: reports).filter { $0.hasSuffix(".dsse.json") } }
    }

    /// The one report that there is.
    func onlyReport() throws -> Report {
        let names = try reportNames
        try #require(names.count == 1)
        return try StoredReport(contentsOf: reports.appending(names[0])).statement.report
    }

    /// What a value of a row must never get into: what is printed, and what is stored.
    func expectNowhere(_ words: String, _ drilled: Drilled, sourceLocation: SourceLocation = #_sourceLocation) throws {
        var texts = ["output": drilled.outcome.output, "errors": drilled.outcome.errors]
        for name in try reportNames {
            let report = try StoredReport(contentsOf: reports.appending(name))
            texts[name] = String(decoding: report.statementBytes, as: UTF8.self)
        }
        #expect(texts.count == 3)
        for (place, text) in texts {
            #expect(!text.contains(words), "\(place): \(text)", sourceLocation: sourceLocation)
        }
    }
}
