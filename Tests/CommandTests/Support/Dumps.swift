import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
import TestSupport

/// Dumps of small databases by the real pg_dump, made once for all tests: one server, every database, every dump.
struct Dumps: Sendable {
    static let once = Once { try await Turn.exempt { try await Dumps.make() } }

    private static let directory = SharedDirectory.path.appending("dumps")

    /// As they were when all had been made.
    private let states: FileStates

    /// Whether every dump is as it was made: no drill changes what it drills.
    static var areUntouched: Bool {
        get async throws { try FileStates(of: directory) == (try await once.value.states) }
    }

    /// A dump by its name, `DATABASE.KIND`.
    static func named(_ name: String) async throws -> FilePath {
        _ = try await once.value
        let file = directory.appending(name)
        guard FileManager.default.fileExists(atPath: file.string) else { throw NoSuchDump(name: name) }
        return file
    }

    static func bytes(_ name: String) async throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: try await named(name).string)))
    }

    struct NoSuchDump: Error { let name: String }

    private static func make() async throws -> Dumps {
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        // The oldest PostgreSQL here, so that every installed one can restore what it dumps.
        try await TestServer.shared { server in
            for source in DumpSource.all { try await make(source, on: server) }
            try await SampleDatabase(scale: 0.002, asOf: Date()).create(on: server)
            try await dump(SampleDatabase.name, in: DumpKind.sevenFormats, of: server)
        }
        try await TestServer.shared(major: 17) { try await make(.modern, on: $0) }
        return Dumps(states: try FileStates(of: directory))
    }

    private static func make(_ source: DumpSource, on server: ScratchServer) async throws {
        try await withConnection(to: server.target(database: "postgres")) { connection in
            try await connection.execute(
                "CREATE DATABASE \(quoteIdentifier(source.database)) TEMPLATE template0 \(source.options)")
        }
        try await withConnection(to: server.target(database: source.database)) { connection in
            for statements in try source.statements() { try await connection.execute(statements) }
        }
        try await dump(source.database, in: source.kinds, of: server)
    }

    private static func dump(_ database: String, in kinds: [DumpKind], of server: ScratchServer) async throws {
        for kind in kinds {
            let file = directory.appending("\(database).\(kind.name)")
            try await Sample.dump(database, of: server, format: kind.format, options: kind.options, to: file)
            guard let tool = kind.compressor else { continue }
            // What an administrator's script does: pg_dump | zstd.
            let outcome = try await Program(FilePath(tool[0])).run(
                Array(tool.dropFirst()) + [file.string], in: directory, environment: ["PATH": "/usr/bin:/bin"])
            guard outcome.exitCode == 0 else { throw NoSuchDump(name: "\(tool): \(outcome.errors)") }
        }
    }
}

/// A way to dump.
struct DumpKind: Sendable {
    let name: String
    var format = SampleFormat.custom
    var options: [String] = []
    /// A command that compresses the file that is its last argument, in place.
    var compressor: [String]?

    init(_ name: String, _ format: SampleFormat, _ options: [String] = [], compressor: [String]? = nil) {
        self.name = name
        self.format = format
        self.options = options
        self.compressor = compressor
    }

    static let custom = DumpKind("custom", .custom)
    static let plain = DumpKind("plain", .plain)

    /// Without suffixes: formats are told by content.
    static let sevenFormats = [
        custom, plain, DumpKind("directory", .directory), DumpKind("tar", .tar),
        DumpKind("gzip", .plain, compressor: ["/bin/sh", "-c", #"gzip "$0" && mv "$0.gz" "$0""#]),
        DumpKind("zstd", .plain, compressor: ["/bin/sh", "-c", #"zstd --quiet --rm "$0" && mv "$0.zst" "$0""#]),
        DumpKind("lz4", .plain, compressor: ["/bin/sh", "-c", #"lz4 -z -q --rm "$0" "$0.lz4" && mv "$0.lz4" "$0""#]),
    ]
}
