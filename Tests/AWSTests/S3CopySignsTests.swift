import Testing

@testable import AWS

/// What `aws s3 cp --recursive` prints, in pieces as they may come.
@Suite struct S3CopySignsTests {
    private static let output =
        "Completed 256.5 KiB/3.0 MiB (1.2 MiB/s) with 3 file(s) remaining\r"
        + "download: s3://bucket/base/b/1.dat to fetched/1.dat      \n"
        + "Completed 12 Bytes/~1.0 GiB (4 Bytes/s) with ~2 file(s) remaining (calculating...)\r"
        + "Completed 1 file(s) with 2 file(s) remaining\rdownload: s3://other/x to y\nwarning: Completed 1 KiB/2 KiB\n"
        + "Completed 1.5 GiB/2.0 GiB (1 MiB/s) with 1 file(s) remaining\r"

    private static let signs: [S3CopySign] = [
        .bytes(262_656), .object("base/b/1.dat"), .bytes(12), .bytes(3 << 29),
    ]

    @Test(arguments: [1, 7, 100, 10_000])
    func areTakenFromPieces(_ size: Int) {
        var signs = S3CopySigns(bucket: "bucket")
        var found: [S3CopySign] = []
        var rest = Array(Self.output.utf8)[...]
        while !rest.isEmpty {
            found += signs.add(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(found == Self.signs)
    }

    @Test func aLineWithoutEndTakesNoMemory() {
        var signs = S3CopySigns(bucket: "bucket")
        for _ in 0..<100 { #expect(signs.add([UInt8](repeating: 65, count: 1 << 20)).isEmpty) }
        #expect(signs.add(Array("\nCompleted 1 KiB/1 KiB\n".utf8)) == [.bytes(1024)])
    }
}
