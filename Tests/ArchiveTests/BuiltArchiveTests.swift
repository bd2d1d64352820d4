import Rows
import Testing

@testable import Archive

/// Archives of versions that no pg_dump here writes, and with contents that none writes today.
@Suite(.keepsItsThread) struct BuiltArchiveTests {
    private func reading(_ bytes: [UInt8]) throws -> DumpReading {
        try withTemporaryDirectory { directory in
            try write(bytes, to: "\(directory)/built")
            return try Dump.open("\(directory)/built").read()
        }
    }

    private static let objects: [(oid: UInt32, contents: String)] = [(4711, "contents"), (4_000_000_001, "")]

    private static let entries =
        [ArchiveBuilder.encoding] + ArchiveBuilder.table("a", id: 10, [["1\n", "2\n3", "\n"]])
        + ArchiveBuilder.table("b", id: 20, [[]])
        + objects.map { ArchiveBuilder.Entry(id: 30 + Int($0.oid % 100), kind: "BLOB", tag: "\($0.oid)", oid: $0.oid) }
        + [ArchiveBuilder.Entry(id: 49, kind: "BLOBS", tag: "BLOBS", data: .objects(objects))]

    @Test(
        "Every version, with blocks in any order, offsets or none", arguments: [12, 13, 14, 15, 16] as [UInt8],
        [false, true])
    func versions(_ minor: UInt8, _ isReversed: Bool) throws {
        for setsOffsets in [true, false] {
            let archive = ArchiveBuilder(
                minor: minor, entries: Self.entries, setsOffsets: setsOffsets, isReversed: isReversed)
            let reading = try reading(archive.bytes)
            #expect(reading.flaws == [])
            #expect(reading.tables.map(\.name) == ["a", "b"])
            #expect(reading.tables.map(\.rows) == [3, 0])
            #expect(reading.largeObjects.byOID.mapValues(\.count) == [4711: 8, 4_000_000_001: 0])
            #expect(reading.unknownKinds.isEmpty)
        }
    }

    @Test func severalEntriesWithDataOfOneTableAddUp() throws {
        let whole = try reading(ArchiveBuilder(entries: Self.entries).bytes).tables[0]
        let parts = ArchiveBuilder.table("a", id: 10, [["1\n"], ["2\n"], ["3\n"]])
        #expect(try reading(ArchiveBuilder(entries: [ArchiveBuilder.encoding] + parts).bytes).tables == [whole])
    }

    @Test func kindsNeverSeenAreTold() throws {
        let new = [
            ArchiveBuilder.Entry(id: 50, kind: "PROPERTY GRAPH", tag: "g", definition: "CREATE PROPERTY GRAPH g;\n"),
            ArchiveBuilder.Entry(id: 51, kind: "GRAPH DATA", tag: "g", data: .rows(["anything"])),
            ArchiveBuilder.Entry(id: 52, kind: "GRAPH DATA", tag: "h", data: .rows([])),
            ArchiveBuilder.Entry(id: 53, kind: "STATISTICS DATA", tag: "a"),
        ]
        let reading = try reading(ArchiveBuilder(entries: Self.entries + new).bytes)
        #expect(reading.flaws == [])
        #expect(reading.unknownKinds.map(\.kind) == ["GRAPH DATA", "PROPERTY GRAPH"])
        #expect(reading.unknownKinds.map(\.count) == [2, 1])
    }

    struct Wrong: CustomTestStringConvertible, Sendable {
        let problem: String
        let change: @Sendable (ArchiveBuilder) -> [UInt8]
        var testDescription: String { problem }
    }

    @Test(arguments: [
        Wrong(problem: "its data is in the file twice") {
            $0.bytes + ArchiveBuilder.block(11, .rows(["1\n\\.\n\n\n"]))
        },
        Wrong(problem: "belongs to 99, and no entry") { $0.bytes + ArchiveBuilder.block(99, .rows(["\\.\n\n\n"])) },
        Wrong(problem: "belongs to 10, and no entry") { $0.bytes + ArchiveBuilder.block(10, .rows(["\\.\n\n\n"])) },
        Wrong(problem: "is of another type") { $0.bytes + ArchiveBuilder.block(21, .objects([])) },
        Wrong(problem: "it has contents, and no entry creates it") { archive in
            var archive = archive
            archive.entries[archive.entries.count - 1].data = .objects(Self.objects + [(5, "x")])
            return archive.bytes
        },
        Wrong(problem: "its contents are there twice") { archive in
            var archive = archive
            archive.entries[archive.entries.count - 1].data = .objects(Self.objects + [(4711, "x")])
            return archive.bytes
        },
        Wrong(problem: "its contents are missing") { archive in
            var archive = archive
            archive.entries[archive.entries.count - 1].data = .objects([Self.objects[0]])
            return archive.bytes
        },
        Wrong(problem: "not one that pg_dump writes") { archive in
            var archive = archive
            archive.entries[2].copy = "COPY public.a (i) FROM PROGRAM 'true';\n"
            return archive.bytes
        },
        Wrong(problem: "the number of entries is 0") { ArchiveBuilder(minor: $0.minor, entries: []).bytes },
    ])
    func whatCannotBeIsNamed(_ wrong: Wrong) throws {
        let bytes = wrong.change(ArchiveBuilder(entries: Self.entries))
        do {
            let flaws = try reading(bytes).flaws
            #expect(flaws.contains { $0.problem.contains(wrong.problem) }, "\(flaws)")
        } catch let error as ArchiveError {
            #expect("\(error)".contains(wrong.problem), "\(error)")
        }
    }
}
