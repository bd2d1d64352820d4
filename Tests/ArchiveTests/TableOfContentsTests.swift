import Compression
import Testing

@testable import Archive

/// A kind of archive that a pg_dump writes.
struct ArchiveCase: CustomTestStringConvertible, Sendable {
    let installation: Installation
    let options: [String]
    let format: DumpFormat
    let compression: CompressionAlgorithm

    var testDescription: String { "\(installation.testDescription) \(options.joined(separator: " "))" }

    static let all: [ArchiveCase] = Installation.all.flatMap { installation in
        installation.compressions.flatMap { compression in
            [("-Fc", DumpFormat.custom), ("-Fd", .directory)].map { option, format in
                let level = compression == "none" ? "0" : installation.major < 16 ? "6" : compression
                return ArchiveCase(
                    installation: installation, options: [option, "-Z", level], format: format,
                    compression: CompressionAlgorithm(rawValue: compression) ?? .none)
            }
        } + [ArchiveCase(installation: installation, options: ["-Ft"], format: .tar, compression: .none)]
    }
}

@Suite(.keepsItsThread) struct TableOfContentsTests {
    @Test(arguments: ArchiveCase.all, ["odd", "latin"])
    func isWhatPgRestoreLists(_ archive: ArchiveCase, database: String) throws {
        let options = archive.options + (database == "latin" ? ["-E", "LATIN1"] : [])
        let path = try Corpus.dump(archive.installation, options, database: database)
        let dump = try Dump.open(path)
        #expect(dump.format == archive.format)
        #expect(dump.compression == archive.compression)
        let contents = try #require(dump.contents)
        #expect(contents.encoding == (database == "latin" ? "LATIN1" : "UTF8"))
        #expect(contents.standardConformingStrings)

        let listed = try archive.installation.run("pg_restore", ["--list", "--verbose", path])
        let lines = TextEncoding(contents.encoding ?? "").decode(listed.output).split(separator: "\n")
        let entries = lines.filter { !$0.hasPrefix(";") }
        try #require(entries.count > 3)
        #expect(contents.entries.map(Self.line) == entries.map(String.init))
        let dependencies = lines.filter { $0.hasPrefix(";\tdepends on:") }.map { $0.dropFirst(14) }
        #expect(
            contents.entries.filter { !$0.dependencies.isEmpty }
                .map { $0.dependencies.map { "\($0)" }.joined(separator: " ") } == dependencies.map(String.init))

        let header = contents.header
        for line in [
            "; Archive created at \(header.created) ", ";     dbname: \(database)",
            ";     TOC Entries: \(contents.entries.count)", ";     Dump Version: \(header.version)",
            ";     Integer: \(header.intSize) bytes", ";     Offset: \(header.offsetSize) bytes",
            ";     Dumped from database version: \(header.serverVersion ?? "?")",
            ";     Dumped by pg_dump version: \(header.dumpVersion ?? "?")",
        ] {
            #expect(lines.contains { $0.hasPrefix(line) }, "\(line)")
        }
    }

    /// A line as `pg_restore --list` prints it, with line ends in names replaced as it does.
    private static func line(_ entry: ArchiveEntry) -> String {
        let names = [entry.kind, entry.namespace ?? "-", entry.tag, entry.owner ?? ""].joined(separator: " ")
        return "\(entry.dumpID); \(entry.tableOID) \(entry.oid) "
            + names.map { $0 == "\n" || $0 == "\r" ? " " : String($0) }.joined()
    }

    @Test(arguments: ArchiveCase.all) func tellsWhatARestoreNeeds(_ archive: ArchiveCase) throws {
        let contents = try #require(try Dump.open(Corpus.dump(archive.installation, archive.options)).contents)
        #expect(contents.roles == [Corpus.oddRole, "alice", "bob", "carol", "postgres"])
        #expect(contents.tablespaces == [])
        #expect(
            contents.tables.map(\.tag).sorted() == [
                "a", "fk", "hashed", "hashed_0", "no_columns", "no_rows", "parts", "parts_1", Corpus.oddTable, "名前",
            ])
        let odd = try #require(contents.entries.first { $0.kind == "TABLE DATA" && $0.tag == Corpus.oddTable })
        #expect(odd.namespace == Corpus.oddSchema)
        #expect(odd.section == .data)
        #expect(contents.table(of: odd)?.kind == "TABLE")
        #expect(contents.table(of: odd)?.tag == Corpus.oddTable)
        #expect(
            odd.copyStatement?.hasPrefix("COPY \"we.ird \"\"S\".\"t. \"\"x\"\" é\nnl; Type: TABLE\" (a, \"b; c\")")
                == true)
        switch (archive.format, odd.data) {
        case (.custom, .offset(let offset)): #expect(offset >= contents.end)
        case (.directory, .file(let name)), (.tar, .file(let name)): #expect(name == "\(odd.dumpID).dat")
        default: Issue.record("data is at \(odd.data)")
        }
        let keys = contents.foreignKeys
        #expect(keys.map(\.name).sorted() == ["fk, \"odd\".n", "fk_z_fkey", "parts_fk"])
        let key = try #require(keys.first { $0.matchFull })
        #expect(key.referencedSchema == Corpus.oddSchema)
        #expect(key.referencedTable == Corpus.oddTable)
        #expect(key.referencedColumns == ["a", "b; c"])
        #expect(key.notValid)
        let kinds = Set(contents.tables.map(\.relationKind))
        #expect(kinds == (contents.header.version < .withRelationKinds ? [nil] : ["r", "p"]))
    }

    @Test(arguments: Installation.all) func namesInOtherEncodings(_ installation: Installation) throws {
        let contents = try #require(
            try Dump.open(Corpus.dump(installation, "-Fc", "-E", "LATIN1", database: "latin")).contents)
        #expect(contents.tables.map(\.tag) == ["Äpfel", "ÿ"])
        #expect(contents.roles == ["Jürgen", "postgres"])
    }

    @Test(arguments: Installation.all) func aPipedDumpDoesNotSayWhereItsDataIs(_ installation: Installation) throws {
        _ = try Corpus.dump(installation, "-Fc")
        let piped = try ArchiveTests.run(
            "/bin/sh", ["-c", "'\(installation.binaries)/pg_dump' -Fc odd | cat"],
            environment: ["PGHOST": TestServer.shared().directory, "PGUSER": "postgres"])
        try withTemporaryDirectory { directory in
            try write(piped.output, to: "\(directory)/piped")
            let dump = try Dump.open("\(directory)/piped")
            let data = try #require(dump.contents).entries.filter { $0.kind == "TABLE DATA" }
            #expect(data.count == 8)
            #expect(data.allSatisfy { $0.data == .notSet && $0.hasData })
            #expect(try dump.read().flaws == [])
        }
    }
}
