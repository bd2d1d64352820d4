import Compression
import Files
import Foundation
import Glibc
import SystemPackage
import Testing

@testable import Archive

/// Dumps within compression and tar files: recognised, and unpacked to what they were.
@Suite(.keepsItsThread) struct WrapperTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let option: String
        let command: String
        let words: String?
        var testDescription: String { "\(option), \(command)" }
    }

    @Test(arguments: [
        Row(option: "-Fc", command: "cat x", words: nil),
        Row(option: "-Ft", command: "cat x", words: nil),
        Row(option: "-Fp", command: "gzip -c x", words: nil),
        Row(option: "-Fc", command: "gzip -c x", words: "custom in gzip"),
        Row(option: "-Fc", command: "bzip2 -c x | xz -c", words: "custom in bzip2 in xz"),
        Row(option: "-Ft", command: "zstd -q -c < x", words: "tar in zstd"),
        Row(option: "-Fd", command: "tar -chf - x", words: "directory in tar"),
        Row(option: "-Fd", command: "tar -C x -cf - .", words: "directory in tar"),
        Row(option: "-Fd", command: "cd x; tar -cf - *", words: "directory in tar"),
        Row(option: "-Fd", command: "cd x; tar --sort=name -cf - toc.dat *.gz blobs.toc", words: "directory in tar"),
        Row(option: "-Fd", command: "tar -chf - x | lz4 -q -c", words: "directory in tar in lz4"),
    ])
    func isUnpacked(_ row: Row) throws {
        let dump = try Corpus.dump(Installation.all[0], row.option)
        try withTemporaryDirectory { directory in
            let wrapped = FilePath("\(directory)/wrapped")
            let made = try run(
                "/bin/sh", ["-c", "cd '\(directory)' && ln -s '\(dump)' x && (\(row.command)) > wrapped"])
            try #require(made.status == 0, "\(made.errors)")
            let wrapper = try Wrapper(around: wrapped)
            #expect(wrapper?.words == row.words)
            guard let wrapper else { return }
            let original = try Dump.open(dump)
            #expect(wrapper.header == original.contents?.header)
            let place = FilePath("\(directory)/place")
            let owner = FileOwner(user: getuid(), group: getgid())
            try owner.makeDirectory(place)
            let unpacked = try wrapper.unpack(into: place, owner: owner, limit: 1 << 30) { _ in }
            #expect(try run("/usr/bin/diff", ["-r", dump, unpacked.string]).status == 0)
            let tooSmall = FilePath("\(directory)/small")
            try owner.makeDirectory(tooSmall)
            #expect(throws: UnpackedTooLarge.self) {
                _ = try wrapper.unpack(into: tooSmall, owner: owner, limit: 5000) { _ in }
            }
        }
    }

    /// Whatever the names of a tar file's members are, nothing is written but files of the dump, in its directory.
    @Test func membersLeadNowhere() throws {
        let dump = try Corpus.dump(Installation.all[0], "-Fd")
        try withTemporaryDirectory { directory in
            let script = """
                import io, os, sys, tarfile
                with tarfile.open(sys.argv[1], 'w') as file:
                    file.add(sys.argv[2], 'shop')
                    for name in ['../up', 'shop/../up', '/up', 'shop/deep/up', 'shop/..']:
                        member = tarfile.TarInfo(name)
                        member.size = 1
                        file.addfile(member, io.BytesIO(b'x'))
                    link = tarfile.TarInfo('shop/link.dat')
                    link.type, link.linkname = tarfile.SYMTYPE, '/etc/passwd'
                    file.addfile(link)
                """
            let made = try run("/usr/bin/python3", ["-c", script, "\(directory)/wrapped", dump])
            try #require(made.status == 0, "\(made.errors)")
            let wrapper = try #require(try Wrapper(around: FilePath("\(directory)/wrapped")))
            let place = FilePath("\(directory)/place")
            let owner = FileOwner(user: getuid(), group: getgid())
            try owner.makeDirectory(place)
            let unpacked = try wrapper.unpack(into: place, owner: owner, limit: 1 << 30) { _ in }
            #expect(try run("/usr/bin/diff", ["-r", dump, unpacked.string]).status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == ["place", "wrapped"])
        }
    }

    @Test func twoFilesOfOneNameAreAFlaw() throws {
        let dump = try Corpus.dump(Installation.all[0], "-Fd")
        try withTemporaryDirectory { directory in
            let made = try run(
                "/bin/sh",
                ["-c", "cd '\(directory)' && ln -s '\(dump)' x && tar -chf t x && tar -rhf t x/toc.dat && gzip t"])
            try #require(made.status == 0, "\(made.errors)")
            let wrapper = try #require(try Wrapper(around: FilePath("\(directory)/t.gz")))
            let place = FilePath("\(directory)/place")
            let owner = FileOwner(user: getuid(), group: getgid())
            try owner.makeDirectory(place)
            #expect(throws: ArchiveError.self) {
                _ = try wrapper.unpack(into: place, owner: owner, limit: 1 << 30) { _ in }
            }
        }
    }
}
