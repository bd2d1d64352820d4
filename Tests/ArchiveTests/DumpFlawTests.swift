import Archive
import Foundation
import SystemPackage
import Testing

/// One way in which a dump goes bad without pg_restore noticing, and what must be said of it.
struct Damage: CustomTestStringConvertible, Sendable {
    let options: [String]
    let name: String
    /// Damages the dump at the path.
    let make: @Sendable (DamagedDump) throws -> Void
    let subject: String
    let problem: String
    /// How many findings there are.
    var count = 1
    var testDescription: String { "\(options.joined(separator: " ")): \(name)" }
}

/// A copy of a dump that may be changed.
struct DamagedDump {
    let path: String
    let dump: Dump

    /// The data file of a table, or of a large object, without the directory.
    func file(of tag: String) throws -> String {
        let entry = try #require(dump.contents?.entries.first { $0.kind == "TABLE DATA" && $0.tag == tag })
        guard case .file(let name) = entry.data else { throw CocoaError(.fileNoSuchFile) }
        return try #require(try files().first { $0.hasPrefix(name) })
    }

    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    func change(_ file: String, _ edit: (inout [UInt8]) throws -> Void) throws {
        var bytes = try read("\(path)/\(file)")
        try edit(&bytes)
        try write(bytes, to: "\(path)/\(file)")
    }

    func changeFile(_ edit: (inout [UInt8]) throws -> Void) throws {
        var bytes = try read(path)
        try edit(&bytes)
        try write(bytes, to: path)
    }

    /// The bytes of a member of a tar file, header excluded, by a walk of its own.
    func member(_ name: String) throws -> Range<Int> {
        let bytes = try read(path)
        var offset = 0
        while bytes[offset] != 0 {
            let size = Int(String(decoding: bytes[offset + 124..<offset + 135], as: UTF8.self), radix: 8)!
            if bytes[offset...].starts(with: Array("\(name)\0".utf8)) { return offset + 512..<offset + 512 + size }
            offset += 512 + (size + 511) / 512 * 512
        }
        throw CocoaError(.fileNoSuchFile)
    }
}

@Suite(.keepsItsThread) struct DumpFlawTests {
    static let directory: [Damage] = [
        Damage(
            options: ["-Fd"], name: "a data file is a link to nowhere",
            make: { dump in
                let file = try "\(dump.path)/\(dump.file(of: "a"))"
                try FileManager.default.removeItem(atPath: file)
                try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/nowhere")
            }, subject: "public.a", problem: "is missing"),
        Damage(
            options: ["-Fd"], name: "a data file is missing",
            make: {
                try FileManager.default.removeItem(atPath: "\($0.path)/\($0.file(of: "a"))")
            }, subject: "public.a", problem: "is missing"),
        Damage(
            options: ["-Fd", "-Z0"], name: "cut at a row",
            make: { dump in
                try dump.change(dump.file(of: "a")) { bytes in
                    let half = bytes.count / 2
                    bytes.removeSubrange((bytes[half...].firstIndex(of: 10)! + 1)...)
                }
            }, subject: "public.a", problem: "cut off"),
        Damage(
            options: ["-Fd", "-Z0"], name: "cut in a row",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0.removeSubrange(($0.count / 2)...) }
            }, subject: "public.a", problem: "cut off"),
        Damage(
            options: ["-Fd", "-Z0"], name: "one byte short",
            make: { dump in
                try dump.change(dump.file(of: "no_rows")) { $0.removeLast() }
            }, subject: "public.no_rows", problem: "cut off"),
        Damage(
            options: ["-Fd", "-Z0"], name: "zero bytes",
            make: { dump in
                try dump.change(dump.file(of: "no_columns")) { $0 = [] }
            }, subject: "public.no_columns", problem: "it is empty"),
        Damage(
            options: ["-Fd", "-Z0", "--inserts"], name: "INSERT statements cut",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0.removeLast(20) }
            }, subject: "public.a", problem: "whole statement"),
        Damage(
            options: ["-Fd", "-Z0", "--inserts"], name: "INSERT statements cut behind one of them",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0.removeLast(2) }
            }, subject: "public.a", problem: "whole statement"),
        Damage(
            options: ["-Fd"], name: "a zero-byte .dat.gz",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0 = [] }
            }, subject: "public.a", problem: "it is empty"),
        Damage(
            options: ["-Fd"], name: "a truncated .gz",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0.removeLast(1) }
            }, subject: "public.a", problem: "ends too early"),
        Damage(
            options: ["-Fd"], name: "a flipped .gz",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0[$0.count / 2] ^= 16 }
            }, subject: "public.a", problem: "damaged"),
        Damage(
            options: ["-Fd"], name: "garbage behind gzip",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0 += [1, 2, 3] }
            }, subject: "public.a", problem: "follow the end"),
        Damage(
            options: ["-Fd"], name: "a .gz that is not compressed",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0 = Array("1\tx\t\\N\n\\.\n\n\n".utf8) }
            }, subject: "public.a", problem: "damaged"),
        Damage(
            options: ["-Fd"], name: "the listing of large objects is emptied",
            make: { dump in
                try dump.change(dump.files().first { $0.hasPrefix("blobs") }!) { $0 = [] }
            }, subject: "blob_4000000001.dat.gz", problem: "no listing names", count: 6),
        Damage(
            options: ["-Fd"], name: "a line of the listing is gone",
            make: { dump in
                try dump.change(dump.files().first { $0.hasPrefix("blobs") }!) { bytes in
                    bytes.removeSubrange(...bytes.firstIndex(of: 10)!)
                }
            }, subject: "large object ", problem: "no listing names its contents", count: 2),
        Damage(
            options: ["-Fd"], name: "the listing is cut in a line",
            make: { dump in
                try dump.change(dump.files().first { $0.hasPrefix("blobs") }!) { $0.removeLast(8) }
            }, subject: "blobs", problem: "damaged at line 3", count: 3),
        Damage(
            options: ["-Fd"], name: "the listing is missing",
            make: { dump in
                try FileManager.default.removeItem(
                    atPath: "\(dump.path)/\(dump.files().first { $0.hasPrefix("blobs") }!)")
            }, subject: "large objects", problem: "is missing"),
        Damage(
            options: ["-Fd"], name: "the contents of a large object are missing",
            make: { dump in
                try FileManager.default.removeItem(atPath: "\(dump.path)/blob_4000000001.dat.gz")
            }, subject: "large object 4000000001", problem: "missing"),
        Damage(
            options: ["-Fd"], name: "the contents of a large object are truncated",
            make: { dump in
                try dump.change("blob_4000000001.dat.gz") { $0.removeLast(9) }
            }, subject: "blob_4000000001.dat.gz", problem: "ends too early"),
        Damage(
            options: ["-Fd"], name: "the contents of a large object are a zero-byte .gz",
            make: { dump in
                try dump.change("blob_4000000001.dat.gz") { $0 = [] }
            }, subject: "blob_4000000001.dat.gz", problem: "it is empty"),
    ]

    static let compressed: [Damage] = ["lz4", "zstd"].flatMap { algorithm in
        [
            Damage(
                options: ["-Fd", "-Z", algorithm], name: "truncated",
                make: { dump in
                    try dump.change(dump.file(of: "a")) { $0.removeLast(1) }
                }, subject: "public.a", problem: "ends too early"),
            Damage(
                options: ["-Fd", "-Z", algorithm], name: "zero bytes",
                make: { dump in
                    try dump.change(dump.file(of: "a")) { $0 = [] }
                }, subject: "public.a", problem: "it is empty"),
            Damage(
                options: ["-Fd", "-Z", algorithm], name: "garbage behind the frame",
                make: { dump in
                    try dump.change(dump.file(of: "a")) { $0 += [1, 2, 3, 4] }
                }, subject: "public.a", problem: "follow the end"),
        ]
    }

    static let tar: [Damage] = [
        Damage(
            options: ["-Ft"], name: "no end blocks",
            make: { dump in
                try dump.changeFile { $0.removeLast(1024) }
            }, subject: "dump", problem: "the blocks of zeros that end it are missing"),
        Damage(
            options: ["-Ft"], name: "one end block",
            make: { dump in
                try dump.changeFile { $0.removeLast(512) }
            }, subject: "dump", problem: "two blocks of zeros"),
        Damage(
            options: ["-Ft"], name: "something behind the end",
            make: { dump in
                try dump.changeFile { $0 += [0, 0, 7] }
            }, subject: "dump", problem: "something follows the end"),
        Damage(
            options: ["-Ft"], name: "cut in its last member",
            make: { dump in
                let place = try dump.member("restore.sql")
                try dump.changeFile { $0.removeSubrange((place.lowerBound + 10)...) }
            }, subject: "dump", problem: "within the data of the tar member restore.sql"),
        Damage(
            options: ["-Ft"], name: "cut in a table, which makes pg_restore spin",
            make: { dump in
                let place = try dump.member(dump.file(ofMember: "a"))
                try dump.changeFile { $0.removeSubrange((place.lowerBound + 1000)...) }
            }, subject: "public.a", problem: "is missing", count: -1),
        Damage(
            options: ["-Ft"], name: "a flip in a member's header",
            make: { dump in
                let place = try dump.member("restore.sql")
                try dump.changeFile { $0[place.lowerBound - 400] ^= 1 }
            }, subject: "dump", problem: "wrong checksum"),
        Damage(
            options: ["-Ft"], name: "the end of a table's data is overwritten",
            make: { dump in
                let place = try dump.member(dump.file(ofMember: "a"))
                try dump.changeFile { $0.replaceSubrange(place.suffix(5), with: Array("0\t0\t\n".utf8)) }
            }, subject: "public.a", problem: "cut off"),
        Damage(
            options: ["-Ft"], name: "the listing of large objects is overwritten",
            make: { dump in
                let name = try #require(dump.names().first { $0.hasPrefix("blobs") })
                let place = try dump.member(name)
                try dump.changeFile { $0.replaceSubrange(place, with: place.map { _ in UInt8(ascii: "\n") }) }
            }, subject: "blob_4000000001.dat", problem: "no listing names", count: 7),
        Damage(
            options: ["-Ft"], name: "a member that no entry names",
            make: { dump in
                let place = try dump.member(dump.file(ofMember: "a"))
                try dump.changeFile { bytes in
                    let member = bytes[place.lowerBound - 512..<place.lowerBound + (place.count + 511) / 512 * 512]
                    bytes.insert(contentsOf: member, at: 0)
                }
            }, subject: "dat", problem: "twice"),
    ]

    static let others: [Damage] = [
        Damage(
            options: ["-Fc"], name: "cut before its last tables",
            make: { dump in
                let offsets = dump.dump.contents!.entries.compactMap { entry -> Int? in
                    if case .offset(let offset) = entry.data { Int(offset) } else { nil }
                }
                try dump.changeFile { $0.removeSubrange(offsets.max()!...) }
            }, subject: "large objects", problem: "is not in the file", count: -1),
        Damage(
            options: ["-Fc"], name: "something behind the last block",
            make: { dump in
                try dump.changeFile { $0.append(0) }
            }, subject: "dump", problem: "no data block where one should begin"),
        Damage(
            options: ["-Fc", "-Z0"], name: "a tab becomes a space",
            make: { dump in
                try dump.changeFile { bytes in
                    let row = Data(bytes).firstRange(of: Data("1\trow 1".utf8))!
                    bytes[row.lowerBound + 1] = UInt8(ascii: " ")
                }
            }, subject: "public.a", problem: "row 1 has 2 fields, and its COPY statement names 3 columns"),
        Damage(
            options: ["-Fc", "-Z0"], name: "a byte that is not UTF-8",
            make: { dump in
                try dump.changeFile { bytes in
                    bytes[Data(bytes).firstRange(of: Data("row 20".utf8))!.lowerBound] = 0xFF
                }
            }, subject: "public.a", problem: "is not text in UTF8"),
        Damage(
            options: ["-Fd", "-Z0"], name: "a byte 0",
            make: { dump in
                try dump.change(dump.file(of: "a")) { bytes in
                    bytes[Data(bytes).firstRange(of: Data("row 20".utf8))!.lowerBound] = 0
                }
            }, subject: "public.a", problem: "is not text in UTF8"),
        Damage(
            options: ["-Fd", "-Z0"], name: "rows behind the end of data",
            make: { dump in
                try dump.change(dump.file(of: "a")) { $0 += Array("1\tx\tx\n".utf8) }
            }, subject: "public.a", problem: "something follows its end-of-data mark"),
        Damage(
            options: ["-Fd", "-Z0"], name: "two files are exchanged",
            make: { dump in
                let (one, other) = try (dump.file(of: "a"), dump.file(of: "parts_1"))
                let (first, second) = try (read("\(dump.path)/\(one)"), read("\(dump.path)/\(other)"))
                try write(second, to: "\(dump.path)/\(one)")
                try write(first, to: "\(dump.path)/\(other)")
            }, subject: "public.parts_1", problem: "row 1", count: -1),
        Damage(
            options: ["-Fd"], name: "a data file that no entry names",
            make: { dump in
                try FileManager.default.copyItem(
                    atPath: "\(dump.path)/\(dump.file(of: "a"))", toPath: "\(dump.path)/99999.dat.gz")
            }, subject: "99999.dat.gz", problem: "no entry of the table of contents names this file"),
        Damage(
            options: ["-Fp"], name: "cut at a line",
            make: { dump in
                try dump.changeFile { bytes in
                    bytes.removeSubrange((bytes[(bytes.count / 2)...].firstIndex(of: 10)! + 1)...)
                }
            }, subject: "dump", problem: "dump complete"),
        Damage(
            options: ["-Fp"], name: "cut in the footer",
            make: { dump in
                try dump.changeFile { bytes in
                    let footer = Data(bytes).lastRange(of: Data(" complete".utf8))!
                    bytes.removeSubrange(footer.lowerBound...)
                }
            }, subject: "dump", problem: "dump complete"),
    ]

    @Test(arguments: directory + tar + others, Installation.all)
    func isNoticed(_ damage: Damage, _ installation: Installation) throws {
        try check(damage, installation)
    }

    @Test(arguments: compressed, Installation.all.filter { $0.compressions.contains("zstd") })
    func isNoticedInOtherCompressions(_ damage: Damage, _ installation: Installation) throws {
        try check(damage, installation)
    }

    private func check(_ damage: Damage, _ installation: Installation) throws {
        let original = try Corpus.dump(installation, damage.options)
        try withTemporaryDirectory { directory in
            let path = "\(directory)/dump"
            try FileManager.default.copyItem(atPath: original, toPath: path)
            let dump = try Dump.open(path)
            #expect(try dump.read().flaws == [])
            try damage.make(DamagedDump(path: path, dump: dump))
            let findings = try Dump.open(path).read().flaws
            #expect(
                findings.contains { $0.subject.contains(damage.subject) && $0.problem.contains(damage.problem) },
                "\(findings)")
            if damage.count > 0 { #expect(findings.count == damage.count, "\(findings)") }
        }
    }

    @Test(arguments: ArchiveCase.all) func nothingIsSaidOfHealthyDumps(_ archive: ArchiveCase) throws {
        for options in [archive.options, archive.options + ["--inserts"], archive.options + ["--schema-only"]] {
            let path = try Corpus.dump(archive.installation, options)
            #expect(try Dump.open(path).read().flaws == [], "\(options)")
        }
    }

    @Test func progressReachesTheSizeOfTheDataAndMayStop() throws {
        let dump = try Dump.open(Corpus.dump(Installation.all[0], "-Fd"))
        var seen: [Int64] = []
        _ = try dump.read { seen.append($0) }
        #expect(seen == seen.sorted())
        #expect(seen.last! > dump.bytes / 2 && seen.last! <= dump.bytes)
        #expect(throws: CancellationError.self) { try dump.read { _ in throw CancellationError() } }
    }
}

extension DamagedDump {
    /// The member of a tar file with a table's data.
    func file(ofMember tag: String) throws -> String {
        let entry = try #require(dump.contents?.entries.first { $0.kind == "TABLE DATA" && $0.tag == tag })
        guard case .file(let name) = entry.data else { throw CocoaError(.fileNoSuchFile) }
        return name
    }

    /// The names of the members of a tar file, by tar itself.
    func names() throws -> [String] {
        try run("/bin/tar", ["-tf", path]).text.split(separator: "\n").map(String.init)
    }
}
