import Archive
import ScannedScripts
import TestSupport
import Testing

/// The scanner over real dumps.
@Suite(.keepsItsThread) struct PlainScriptDumpTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let options: [String]
        var database = "odd"
        var testDescription: String { "\(options.joined(separator: " ")) \(database)" }
    }

    static let cases = [
        Case(options: ["-Fp"]), Case(options: ["-Fp", "--inserts"]),
        Case(options: ["-Fp", "--column-inserts", "--rows-per-insert=50"]),
        Case(options: ["-Fp", "--create", "--clean"]),
        Case(options: ["-Fp", "--use-set-session-authorization"]), Case(options: ["-Fp", "--verbose"]),
        Case(options: ["-Fp", "-E", "LATIN1"], database: "latin"),
    ]

    @Test(arguments: cases, Installation.all) func chunksMayBeCutAnywhere(
        _ item: Case, _ installation: Installation
    )
        throws
    {
        let script = try read(Corpus.dump(installation, item.options, database: item.database))
        let whole = Scanned(script)
        #expect(whole.summary.isComplete)
        #expect(whole.summary.lines == script.count { $0 == 10 })
        var generator = SeededGenerator(7)
        for longest in [1, 2, 100, 70_000] {
            #expect(Scanned(script) { Int.random(in: 1...longest, using: &generator) } == whole, "up to \(longest)")
        }
        // Truncated anywhere, it is never complete.
        for cut in stride(from: 1, to: script.count - 200, by: script.count / 30) {
            #expect(!Scanned(Array(script[..<cut])).summary.isComplete, "cut to \(cut)")
        }
    }

    /// What pg_dump writes is not foreign, in any version and with any options.
    @Test(arguments: cases, Installation.all) func nothingOfPgDumpIsForeign(
        _ item: Case, _ installation: Installation
    ) throws {
        let scanned = Scanned(try read(Corpus.dump(installation, item.options, database: item.database)))
        #expect(scanned.statements.filter { $0.foreign != nil }.map(\.beginning) == [])
        #expect(scanned.metaCommands == [])
        #expect(scanned.summary.lineAfterFooter == nil)
    }

    @Test(arguments: Installation.all) func nothingOfAnArchiveIsForeign(_ installation: Installation) throws {
        let contents = try #require(try Dump.open(Corpus.dump(installation, "-Fc")).contents)
        #expect(contents.entries.count > 50)
        for entry in contents.entries { #expect(entry.foreignStatement == nil, "\(entry.definition)") }
    }

    @Test(arguments: Installation.all) func announcesWhatTheArchiveKnows(_ installation: Installation) throws {
        let contents = try #require(try Dump.open(Corpus.dump(installation, "-Fc")).contents)
        let scanned = Scanned(try read(Corpus.dump(installation, "-Fp")))
        let events = scanned.events
        let roles = events.compactMap { if case .role(let name) = $0 { name } else { nil } }
        #expect(Set(roles) == Set(contents.roles))
        let keys = events.compactMap { if case .foreignKey(let key) = $0 { key } else { nil } }
        #expect(keys == contents.foreignKeys)
        let tables = scanned.statements.compactMap { $0.table?.label }
        let copies = contents.entries.filter { $0.kind == "TABLE DATA" }
        #expect(tables.count == copies.count)
        #expect(tables.contains("\(Corpus.oddSchema).\(Corpus.oddTable)"))
        let objects = events.compactMap {
            if case .object(let kind, _, _, _) = $0, kind == "TABLE" { kind } else { nil }
        }
        #expect(objects.count == contents.tables.count)
    }

    @Test(arguments: Installation.all) func createDropsOnlyTheDatabase(_ installation: Installation) throws {
        let scanned = Scanned(try read(Corpus.dump(installation, "-Fp", "--create", "--clean")))
        let statements = scanned.text.split(separator: "\n").filter { !$0.hasPrefix("--") }
        #expect(!statements.contains { $0.contains("DATABASE odd") })
        #expect(!scanned.text.contains("\\connect"))
        #expect(scanned.metaCommands == [])
        #expect(scanned.text.contains("COMMENT ON TABLE public.a"))
    }

    /// A dump goes through the scanner and psql into a database that dumps the same again.
    @Test(arguments: [["-Fp"], ["-Fp", "--inserts"], ["-Fp", "--create"]])
    func restoresToTheSame(_ options: [String]) throws {
        let server = Installation.all[0]
        let script = try read(Corpus.dump(server, options))
        let name = "again_\(options.count)_\(options.last!.filter(\.isLetter).lowercased())"
        try server.run("psql", ["-Xqc", "CREATE DATABASE \(name)", "postgres"])
        let scanned = Scanned(script)
        try server.run("psql", ["-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", name], input: scanned.output)
        let again = try server.run(
            "pg_dump", ["-Fp"] + options.dropFirst().filter { $0 != "--create" }, mayFail: false, database: name)
        let expected = try read(Corpus.dump(server, options.filter { $0 != "--create" }))
        #expect(Self.comparable(again.output) == Self.comparable(expected))
    }

    /// Without the random keys.
    private static func comparable(_ script: [UInt8]) -> [[UInt8]] {
        script.split(separator: 10).filter {
            !$0.starts(with: "\\restrict".utf8) && !$0.starts(with: "\\unrestrict".utf8)
        }
        .map(Array.init)
    }
}

extension Installation {
    fileprivate func run(
        _ program: String, _ options: [String], mayFail: Bool, database: String
    ) throws
        -> ProcessResult
    {
        try run(program, options + [database], mayFail: mayFail)
    }
}
