import Foundation
import SystemPackage
import Testing

@testable import Archive

/// Names as other programs write them: people put base backups into tar files of their own.
@Suite(.keepsItsThread) struct TarHeaderTests {
    /// 124 bytes, of which POSIX ustar writes the first 101 or so into the prefix.
    private static let long = "backup/" + String(repeating: "d", count: 90) + "/base/16384/2619_fsm"
    private static let short = "backup/global/pg_control"

    private static func names(of file: String) throws -> [String] {
        var stream = try TarStream(path: FilePath(file))
        var names: [String] = []
        while let member = try stream.next() { if member.kind == .file { names.append(member.name) } }
        return names.sorted()
    }

    private static func withFiles(_ body: (String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            for name in [long, short] {
                let file = URL(filePath: "\(directory)/\(name)")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data("x".utf8).write(to: file)
            }
            try body(directory)
        }
    }

    /// A name that does not fit into the header stands in a member of its own.
    @Test(arguments: ["pax", "gnu"])
    func longNamesOfRealTar(_ format: String) throws {
        try Self.withFiles { directory in
            let file = "\(directory)/x.tar"
            let name = Self.long + String(repeating: "e", count: 120)
            try Data("y".utf8).write(to: URL(filePath: "\(directory)/\(name)"))
            let result = try run("/usr/bin/tar", ["-C", directory, "--format=\(format)", "-cf", file, "backup"])
            try #require(result.status == 0, "\(result.errors)")
            #expect(try Self.names(of: file) == [Self.long, Self.short, name].sorted())
        }
    }

    /// Sizes of 8 GiB and more stand in a record of POSIX, where GNU tar writes a number of base 256.
    @Test func recordsOfPOSIX() {
        let header = TarHeader(name: "short", size: 0, kind: .file)
        var more = TarExtension()
        more.add(Array("20 size=99999999999\n20 path=a/long/name\n".utf8), UInt8(ascii: "x"))
        #expect(more.applied(to: header) == TarHeader(name: "a/long/name", size: 99_999_999_999, kind: .file))
        for broken in ["", "x", "9", "9 path", "99 path=a\n", "5 a=b", "-1 a=b\n", "10 size=-1\n"] {
            var none = TarExtension()
            none.add(Array(broken.utf8), UInt8(ascii: "x"))
            #expect(none.applied(to: header) == header, "\(broken)")
        }
    }

    @Test(arguments: ["ustar", "gnu"])
    func namesOfRealTar(_ format: String) throws {
        try Self.withFiles { directory in
            let file = "\(directory)/x.tar"
            let options = format == "gnu" ? ["--atime-preserve", "--incremental"] : []
            // GNU's format has a member of its own for names of more than 100 bytes, so only the short one is for it.
            let result = try run(
                "/usr/bin/tar",
                ["-C", directory, "--format=\(format)", "-cf", file] + options
                    + (format == "gnu" ? [Self.short] : ["backup"]))
            try #require(result.status == 0, "\(result.errors)")
            let bytes = try read(file)
            if format == "gnu" {
                #expect(bytes[345..<500].contains { $0 != 0 }, "it has times where POSIX has the prefix")
                #expect(try Self.names(of: file) == [Self.short])
            } else {
                #expect(try Self.names(of: file) == [Self.long, Self.short].sorted())
            }
        }
    }

    @Test func namesOfPythonsTarfile() throws {
        try Self.withFiles { directory in
            let file = "\(directory)/x.tar"
            let result = try run(
                "/usr/bin/python3",
                [
                    "-c",
                    """
                    import sys, tarfile
                    with tarfile.open(sys.argv[1], 'w', format=tarfile.USTAR_FORMAT) as file:
                        file.add(sys.argv[2], 'backup')
                    """,
                    file, "\(directory)/backup",
                ])
            try #require(result.status == 0, "\(result.errors)")
            #expect(try Self.names(of: file) == [Self.long, Self.short].sorted())
        }
    }
}
