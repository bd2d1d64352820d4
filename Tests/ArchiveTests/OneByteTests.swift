import Foundation
import Testing

@testable import Archive

/// One changed byte in a table of contents that made a whole database, or a table of it, disappear: pg_restore says
/// nothing of it.
@Suite(.keepsItsThread) struct OneByteTests {
    @Test(arguments: Installation.all) func theNumberOfEntries(_ installation: Installation) throws {
        let path = try Corpus.dump(installation, "-Fc")
        let map = try ArchiveMap(path, .offsets)
        let count = map.entries.count
        try #require(count < 256)
        for wrong in [0, 1, 4, count / 2, count - 3, count - 1, count + 1, 255] where wrong != count {
            try expectRefused(path) { $0[map.count] = UInt8(wrong) }
        }
    }

    @Test(arguments: Installation.all) func whetherAnEntryHasData(_ installation: Installation) throws {
        let custom = try Corpus.dump(installation, "-Fc")
        let map = try ArchiveMap(custom, .offsets)
        for place in map.entries {
            let flip: UInt8 = place.entry.hasData ? 0 : 1
            try expectRefused(custom) { $0[place.hasData] = flip }
        }
        let directory = try Corpus.dump(installation, "-Fd")
        for place in try ArchiveMap("\(directory)/toc.dat", .files).entries where place.entry.hasData {
            try expectRefused(directory, file: "toc.dat") { $0[place.hasData] = 0 }
        }
        let tar = try Corpus.dump(installation, "-Ft")
        let data = try #require(
            try ArchiveMap("\(directory)/toc.dat", .files).entries.first { $0.entry.kind == "TABLE DATA" })
        // The member toc.dat begins behind its header, and differs from a directory's in nothing before its first data.
        let start = 512 + data.hasData
        try expectRefused(tar) { bytes in
            try #require(bytes[start] == 1)
            bytes[start] = 0
        }
    }

    @Test(arguments: Installation.all) func whereDataIs(_ installation: Installation) throws {
        let path = try Corpus.dump(installation, "-Fc")
        for place in try ArchiveMap(path, .offsets).entries where place.entry.hasData {
            for state: UInt8 in [0, 1, 3, 4] { try expectRefused(path) { $0[place.state] = state } }
            try expectRefused(path) { $0[place.state + 1] ^= 1 }
        }
    }

    /// A dump into a pipe names no offsets; one that a shell redirected to a file has them in a second table of contents
    /// behind its data (16 and later). Both are read like any other.
    @Test(arguments: Installation.all, ["| cat >", ">"])
    func aPipedDumpIsWhole(_ installation: Installation, _ way: String) throws {
        let whole = try Dump.open(Corpus.dump(installation, "-Fc"))
        try withTemporaryDirectory { directory in
            let path = "\(directory)/piped"
            try #require(
                run(
                    "/bin/sh", ["-c", "'\(installation.binaries)/pg_dump' -Fc odd \(way) '\(path)'"],
                    environment: ["PGHOST": TestServer.shared().directory, "PGUSER": "postgres"]
                ).status == 0)
            let dump = try Dump.open(path)
            let reading = try dump.read()
            #expect(reading.flaws == [])
            #expect(try reading.tables == whole.read().tables)
            let bytes = try read(path)
            let isPiped = dump.contents?.entries.contains { $0.data == .notSet } == true
            #expect(isPiped == (way != ">" || installation.major > 15))
            if !isPiped { return }
            // The dump ended before its last block, or its second table of contents is another one.
            let end = try #require(whole.contents).end
            for change in [
                { (bytes: inout [UInt8]) in bytes.removeSubrange((Int(end) + 200)...) },
                { bytes in bytes.append(0) }, { bytes in bytes[bytes.count - 20] ^= 1 },
            ] as [(inout [UInt8]) -> Void] {
                var changed = bytes
                change(&changed)
                try write(changed, to: path)
                #expect(try !Dump.open(path).read().flaws.isEmpty)
            }
        }
    }

    private func expectRefused(_ path: String, file: String? = nil, _ change: (inout [UInt8]) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let copy = "\(directory)/dump"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            let changed = file.map { "\(copy)/\($0)" } ?? copy
            let before = try read(changed)
            var bytes = before
            try change(&bytes)
            let place = zip(before, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? -1
            try write(bytes, to: changed)
            do {
                let flaws = try Dump.open(copy).read().flaws
                #expect(!flaws.isEmpty, "byte \(place) changed to \(bytes[place])")
            } catch let error as ArchiveError {
                #expect(error.isBackupAtFault, "byte \(place): \(error)")
            }
        }
    }
}
