import Foundation
import TestSupport
import Testing

@testable import Archive

/// The names in ZIP files that Python writes.
@Suite(.keepsItsThread) struct ZipListingTests {
    /// - Parameter script: writes to the ZIP file `z`.
    private func zip(_ script: String) async throws -> [UInt8] {
        let name = "pgassay-zip-" + String(UInt32.random(in: 0 ... .max), radix: 36)
        let file = FileManager.default.temporaryDirectory.appending(path: name)
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await Program("/usr/bin/python3").run(
            ["-c", "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n    \(script)", file.path],
            in: "/", environment: [:])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        return Array(try Data(contentsOf: file))
    }

    @Test(arguments: [
        ("z.writestr('a.dump', 'x'); z.writestr('d/', ''); z.writestr('d/ä', 'y')", ["a.dump", "d/ä"]),
        ("z.writestr('a', 'x'); z.comment = b'PK comment PK'", ["a"]), ("pass", []),
        ("z.open('a', 'w', force_zip64=True).close()", ["a"]),
    ])
    func namesAreListed(_ script: String, _ names: [String]) async throws {
        let bytes = try await zip(script)
        #expect(ZipListing(tail: bytes)?.names == names)
        // Only its end is looked at.
        #expect(ZipListing(tail: [0x50, 0x4B] + bytes)?.names == names)
    }

    /// Where a size does not fit into 32 bits, more stands between the list and the end.
    @Test func aListOfALargeFile() async throws {
        let bytes = try await zip("zipfile.ZIP_FILECOUNT_LIMIT = 1; z.writestr('a', 'x'); z.writestr('b', 'y')")
        try #require(bytes.firstRange(of: [0x50, 0x4B, 6, 7] as [UInt8]) != nil)
        #expect(ZipListing(tail: bytes)?.names == ["a", "b"])
    }

    /// Whatever is cut or changed, it never reads beyond the bytes.
    @Test func damageIsNoList() async throws {
        let bytes = try await zip("z.writestr('a.dump', 'x'); z.writestr('b', 'y')")
        for count in 0..<bytes.count { #expect(ZipListing(tail: Array(bytes.prefix(count))) == nil) }
        #expect(ZipListing(tail: Array(bytes.suffix(40))) == nil)
        for index in bytes.indices {
            var changed = bytes
            changed[index] = 0xFF
            _ = ZipListing(tail: changed)
        }
    }
}
