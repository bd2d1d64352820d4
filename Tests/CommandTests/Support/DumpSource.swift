import Foundation
import Sample
import SystemPackage

/// A small database to dump: the SQL that fills it is a file in `SQL`, so that it also runs in psql.
struct DumpSource: Sendable {
    let database: String
    /// More options of `CREATE DATABASE`.
    var options = "ENCODING 'UTF8' LOCALE 'C'"
    /// Files of `SQL`, in order.
    let files: [String]
    let kinds: [DumpKind]

    /// Each file's statements.
    func statements() throws -> [String] {
        let directory = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("SQL")
        return try files.map { try String(contentsOfFile: directory.appending("\($0).sql").string, encoding: .utf8) }
    }

    /// Of the PostgreSQL here that compresses in every way there is.
    static let modern = DumpSource(
        database: "modern", files: ["orchard"],
        kinds: ["lz4", "zstd"].flatMap { algorithm in
            [SampleFormat.custom, .directory].map {
                DumpKind("\($0.rawValue)-\(algorithm)", $0, ["--compress=\(algorithm)"])
            }
        })

    static let all =
        [
            DumpSource(
                database: "orchard", files: ["orchard"],
                kinds: DumpKind.sevenFormats + DumpOptions.all.map(\.kind) + [
                    DumpKind("quoted", .plain, ["--quote-all-identifiers"]),
                    DumpKind("quoted-custom", .custom, ["--quote-all-identifiers"]),
                    DumpKind("windows", .plain, ["--encoding=WIN1252"]),
                    DumpKind("without-growers", .custom, ["--exclude-table=growers"]),
                    DumpKind("schema", .custom, ["--schema-only"]),
                    DumpKind("schema-plain", .plain, ["--schema-only"]),
                    DumpKind("without-rows", .custom, ["--exclude-table-data=readings"]),
                    DumpKind("without-rows-plain", .plain, ["--exclude-table-data=readings"]),
                ]),
            DumpSource(
                database: "my-app", files: ["orchard"],
                kinds: [
                    DumpKind("create", .plain, ["--create"]),
                    DumpKind("clean-create", .plain, ["--clean", "--create"]),
                ]),
            DumpSource(
                database: "placeholder", files: ["placeholder"],
                kinds: [
                    DumpKind("clean", .plain, ["--clean"]),
                    DumpKind("clean-if-exists", .plain, ["--clean", "--if-exists"]),
                ]),
            DumpSource(database: "fenced", files: ["fenced"], kinds: [.custom, .plain]),
            DumpSource(
                database: "jobs", files: ["jobs"],
                kinds: [
                    .custom, .plain, DumpKind("inserts", .plain, ["--inserts"]),
                    DumpKind("quoted", .custom, ["--quote-all-identifiers"]),
                ]),
            DumpSource(
                database: "latin", options: "ENCODING 'LATIN1' LOCALE 'C'", files: ["latin"],
                kinds: [.custom, .plain, DumpKind("utf8", .plain, ["--encoding=UTF8"])]),
            DumpSource(database: "empty", files: [], kinds: [.custom, .plain]),
            DumpSource(database: "slow", files: ["slow"], kinds: [DumpKind("custom", .custom, ["-T", "at_source"])]),
            DumpSource(database: "wide", files: ["wide"], kinds: [.custom, .plain]),
            DumpSource(database: "deep", files: ["deep"], kinds: [.custom]),
            DumpSource(
                database: "early", files: ["deep", "slow"], kinds: [DumpKind("custom", .custom, ["-T", "at_source"])]),
            DumpSource(database: "twins", files: ["twins"], kinds: [.custom, .plain]),
            DumpSource(database: "contrib", files: ["contrib"], kinds: [.custom, .plain]),
        ]
        + Ill.databases.map { DumpSource(database: $0, files: ["orchard", $0], kinds: [.custom, .plain]) }
        + HealthyDatabase.all.map {
            DumpSource(
                database: $0.name, files: ["healthy/\($0.name)"],
                kinds: [.custom, .plain] + (["types", "names"].contains($0.name) ? inserts : []))
        }

    private static let inserts = [
        DumpKind("inserts", .plain, ["--inserts"]),
        DumpKind("column-inserts", .plain, ["--column-inserts", "--rows-per-insert=2"]),
    ]
}
