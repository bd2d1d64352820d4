import Foundation
import SystemPackage

/// Query engines that read an export as their users do, in the way runbooks/cold-storage.md tells them.
///
/// They are processes of their own, of the Python that PGASSAY_PYTHON names, else of the one in `.venv`. A test that needs
/// one fails without it. Spark takes seconds to start: ask it for many tables at once.
package enum Engines {
    /// A table of an export, and what to ask of it.
    package struct Table: Encodable, Sendable {
        /// The directory that holds `month=2022-07` and the like.
        package var path: String
        /// `csv`, `jsonl` or `parquet`.
        package var layout: String
        package var timeColumn: String
        /// Their types are given to the engine; nil lets it find out for itself.
        package var columns: [Column]?
        /// In Parquet: the columns that are text in a slice, by the name of its directory.
        package var fallbacks: [String: [String]]
        /// SQL that the engine understands, over the view `exported`. An engine without SQL has answers of its own for the
        /// queries about `messages`.
        package var queries: [String]
        /// Whether every value of every column is wanted, too.
        package var wantsValues: Bool

        package init(
            path: FilePath, layout: String, timeColumn: String, columns: [Column]? = nil,
            fallbacks: [String: [String]] = [:], queries: [String] = [], wantsValues: Bool = false
        ) {
            self.path = path.string
            self.layout = layout
            self.timeColumn = timeColumn
            self.columns = columns
            self.fallbacks = fallbacks
            self.queries = queries
            self.wantsValues = wantsValues
        }
    }

    /// A column, its type as PostgreSQL's `format_type` prints it.
    package struct Column: Encodable, Sendable {
        package var name: String
        package var type: String

        package init(_ name: String, _ type: String) {
            self.name = name
            self.type = type
        }
    }

    /// What an engine made of a table. Values are text as PostgreSQL prints them in UTC, nil is NULL.
    package struct Answer: Decodable, Sendable, Equatable {
        /// The engine's own names of the types that it reads; the partition column is among them.
        package var types: [String: String]
        /// Rows of each value of the partition column; those whose value is NULL are at "". Empty if it is no column.
        package var slices: [String: Int]
        package var rows: Int
        package var minimum: String?
        package var maximum: String?
        /// Of each query its rows.
        package var answers: [[[String?]]]
        /// All rows, ordered by `id`, if they were wanted.
        package var values: [[String?]]?
        /// Of the columns of `values`: those that are only text for the engine, and those that it does not read.
        package var texts: [String]?
        package var unread: [String]?
        /// True if the engine gave the slices file by file, because it has no partition column in this layout.
        package var isByFile: Bool?
    }

    /// The engines, by the names of the scripts in the directory `Engines` beside this file.
    package enum Name: String, CaseIterable, Sendable {
        case duckdb, spark, pyarrow, polars, datafusion, clickhouse, fastparquet, iceberg
    }

    /// - Returns: of each table the answer, or why the engine refused it.
    package static func ask(_ engine: Name, _ tables: [Table]) async throws -> [Result<Answer, Failure>] {
        let outcome = try await run(
            "Engines/\(engine.rawValue)_engine.py", JSONEncoder().encode(tables), engine == .spark ? .heavy : .long)
        return try JSONDecoder().decode([Reply].self, from: Data(outcome.output.utf8)).map(\.result)
    }

    private struct Reply: Decodable {
        let result: Result<Answer, Failure>

        init(from decoder: any Decoder) throws {
            let keyed = try decoder.container(keyedBy: Key.self)
            if let refused = try keyed.decodeIfPresent(String.self, forKey: .refused) {
                result = .failure(Failure(description: refused))
            } else {
                result = .success(try Answer(from: decoder))
            }
        }

        enum Key: CodingKey { case refused }
    }

    /// What a call of `config/spark/recount.py` came to.
    package struct Recount: Decodable, Sendable {
        package var exitCode: Int
        package var output: String
        /// Its own, with all that Java wrote.
        package var errors: String
    }

    /// Runs `config/spark/recount.py` on this machine, as `spark-submit` does on a cluster, once for each of several calls; Java
    /// is started at most once.
    package static func recount(_ calls: [[String]]) async throws -> [Recount] {
        let outcome = try await run("recount_calls.py", JSONEncoder().encode(calls), .heavy)
        return try JSONDecoder().decode([Recount].self, from: Data(outcome.output.utf8)).map {
            var call = $0
            call.errors += outcome.errors
            return call
        }
    }

    /// The texts of floating-point numbers, as `config/spark/canonical_rows.py` makes them.
    package static func texts(_ doubles: [Double], _ singles: [Float]) async throws -> [String] {
        let bits = [doubles.map(\.bitPattern), singles.map { UInt64($0.bitPattern) }]
        let outcome = try await run("Engines/float_texts.py", JSONEncoder().encode(bits))
        return try JSONDecoder().decode([String].self, from: Data(outcome.output.utf8))
    }

    /// A table of Iceberg, as PyIceberg reads it after a call of `config/iceberg/register.py`.
    package struct Iceberg: Decodable, Sendable, Equatable {
        package var rows: Int
        /// Of the column `id`.
        package var sum: Int
        /// Names of its files, sorted.
        package var files: [String]
        package var snapshots: Int
    }

    package struct Registered: Decodable, Sendable {
        package var exitCode: Int
        package var output: String
        package var errors: String
        /// By name.
        package var tables: [String: Iceberg]
    }

    /// Calls `config/iceberg/register.py` with a catalogue of SQLite that lies in a directory, and reads all of its tables.
    package static func register(_ arguments: [String], catalogue: FilePath) async throws -> Registered {
        let outcome = try await run("Engines/register_call.py", JSONEncoder().encode([catalogue.string] + arguments))
        return try JSONDecoder().decode(Registered.self, from: Data(outcome.output.utf8))
    }

    /// Decompresses files with the library that Trino and Athena read text with.
    /// - Returns: for each, the SHA-256 of its contents, or `error: …`.
    package static func aircompressor(_ files: [FilePath]) async throws -> [String] {
        let outcome = try await run("aircompressor.py", JSONEncoder().encode(files.map(\.string)))
        return try JSONDecoder().decode([String].self, from: Data(outcome.output.utf8))
    }

    private static let packageRoot = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    private static let python =
        ProcessInfo.processInfo.environment["PGASSAY_PYTHON"] ?? packageRoot.appending(".venv/bin/python").string

    /// No network and no home: both are places where an engine could find what a new user has not.
    private static let environment: [String: String] = {
        var environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": SharedDirectory.path.string, "TZ": "UTC",
            "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_DIRS": SharedDirectory.path.string,
            "PYTHONDONTWRITEBYTECODE": "1",
            // Spark's workers would take any Python.
            "PYSPARK_PYTHON": python,
            // Jobs of seconds: half of their time goes into making code fast that is never run again.
            "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        ]
        if let java = ProcessInfo.processInfo.environment["JAVA_HOME"] { environment["JAVA_HOME"] = java }
        return environment
    }()

    /// Runs a script beside this file, which reads what it has to do from a file of JSON.
    private static func run(
        _ script: String, _ todo: Data, _ weight: Turn.Weight = .server
    ) async throws -> Program.Outcome {
        let request = SharedDirectory.path.appending("request-\(UUID().uuidString).json")
        try todo.write(to: URL(filePath: request.string))
        defer { try? FileManager.default.removeItem(atPath: request.string) }
        let script = packageRoot.appending("Tests/TestSupport/\(script)").string
        let outcome = try await Turn.take(weight) {
            try await Program(FilePath(python)).run(
                [script, request.string], in: SharedDirectory.path, environment: environment)
        }
        guard outcome.exitCode == 0 else { throw Failure(description: "\(script): \(outcome.errors.suffix(4000))") }
        return outcome
    }

    /// An engine, or what prepares its food, did not do its work: what it said.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }
}
