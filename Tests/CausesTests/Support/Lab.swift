import Causes
import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Where errors are made for real: a server, and the programs of its version.
struct Lab: Sendable {
    /// One for each major version, for all tests of a suite.
    @TaskLocal static var all: [Int: Lab] = [:]

    let server: ScratchServer
    /// Of this lab alone; gone when the process ends.
    let directory: FilePath

    static func with(_ server: ScratchServer, _ body: (Lab) async throws -> Void) async throws {
        let name = "lab-\(server.installation.version.major)"
        let lab = Lab(server: server, directory: SharedDirectory.path.appending(name))
        try FileManager.default.createDirectory(
            atPath: lab.directory.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        _ = try await lab.database(
            "shop",
            """
            CREATE TABLE goods (id integer PRIMARY KEY, name text);
            INSERT INTO goods SELECT i, 'piece ' || md5(i::text) FROM generate_series(1, 5000) i;
            CREATE TABLE sales (good integer REFERENCES goods, sold date);
            INSERT INTO sales SELECT i, '2026-01-01' FROM generate_series(1, 5000) i;
            """)
        try await body(lab)
    }

    /// Makes a database.
    /// - Parameter name: a new one if nil.
    func database(_ name: String? = nil, _ sql: String = "") async throws -> ConnectionTarget {
        let name = name ?? "lab_" + String(UInt32.random(in: 0 ... .max), radix: 36)
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await connection.execute("CREATE DATABASE \(name) TEMPLATE template0")
        }
        let target = server.target(database: name)
        if !sql.isEmpty { try await withConnection(to: target) { try await $0.execute(sql) } }
        return target
    }

    /// A name for a new file.
    func newFile() -> FilePath { directory.appending("file-" + String(UInt32.random(in: 0 ... .max), radix: 36)) }

    func file(_ text: String) throws -> FilePath {
        let file = newFile()
        try Data(text.utf8).write(to: URL(filePath: file.string))
        return file
    }

    /// A dump of a small shop by the real pg_dump, changed as a test wants it.
    /// - Parameter name: in a directory dump, how the name of the file to change ends.
    func dump(
        _ format: SampleFormat = .custom, _ options: [String] = [], file name: String? = nil,
        _ change: (inout Data) throws -> Void = { _ in }
    ) async throws -> FilePath {
        let dump = newFile()
        try await Sample.dump("shop", of: server, format: format, options: options, to: dump)
        let file = try name.map { ending in
            let names = try FileManager.default.contentsOfDirectory(atPath: dump.string).sorted()
            return dump.appending(try #require(names.first { $0.hasSuffix(ending) }))
        }
        let changed = URL(filePath: (file ?? dump).string)
        guard format != .directory || file != nil else { return dump }
        var bytes = try Data(contentsOf: changed)
        try change(&bytes)
        try bytes.write(to: changed)
        return dump
    }

    /// A plain dump by hand, with the lines that pg_dump begins and ends one with.
    func script(_ statements: String, version: Int? = nil, isWhole: Bool = true) throws -> FilePath {
        try file(
            """
            --
            -- PostgreSQL database dump
            --

            -- Dumped from database version \(version ?? server.installation.version.major).0

            \(statements)

            --
            \(isWhole ? "-- PostgreSQL database dump complete" : "")
            --

            """)
    }
}

/// A server of each version for all tests of a suite: starting one takes longer than most of them.
struct Labs: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestServer.shared(major: 15) { old in
            try await TestServer.shared(major: 17) { new in
                try await Lab.with(old) { old in
                    try await Lab.with(new) { new in
                        try await Lab.$all.withValue([15: old, 17: new]) { try await function() }
                    }
                }
            }
        }
    }
}

extension Trait where Self == Labs {
    static var labs: Self { Self() }
}
