import Foundation
import SystemPackage
import TestSupport
import Testing

/// The digest of a base backup is taken by whoever reads its files anyway: it must be the one that anybody computes.
@Suite struct OnePassTests {
    /// As runbooks/verify-a-report.md computes it.
    private static func digest(of backup: FilePath) async throws -> [String: String] {
        let command =
            "cd \"$0\" && find . -type f | cut -c3- | LC_ALL=C sort | xargs -r -d '\\n' sha256sum | sha256sum | cut -c1-64"
        let outcome = try await Program("/bin/sh").run(
            ["-c", command, backup.string], in: "/", environment: ["PATH": "/usr/bin:/bin"])
        return ["dirHash": outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)]
    }

    private static func flip(_ file: FilePath, _ offset: Int) throws {
        var bytes = try #require(FileManager.default.contents(atPath: file.string))
        bytes[offset] ^= 0x10
        try bytes.write(to: URL(filePath: file.string))
    }

    @Test func aDirectory() async throws {
        try await withDesk { desk in
            try await withChain { cluster, chain in
                let backup = chain.backup
                let whole = try await Self.digest(of: backup)
                for environment in [[:], ["PGASSAY_NO_OVERLAY": "1"]] {
                    let drilled = try await desk.drill(backup, environment: environment)
                    #expect(drilled.exitCode == 0 && drilled.report.backup.digest == whole, "\(drilled.complaints)")
                    #expect(drilled.report.phases.count { $0.name == "digest" } == 1)
                }
                // A damaged relation does not end the drill; another file does, and so does a missing one before any is read.
                let table = try await cluster.value("SELECT pg_relation_filepath('t')")
                for (file, offset) in [(table, 3 * 8192 + 5000), ("pg_xact/0000", 0)] {
                    try Self.flip(backup.appending(file), offset)
                    let drilled = try await desk.drill(backup)
                    #expect(drilled.exitCode == 1)
                    #expect(try await drilled.report.backup.digest == Self.digest(of: backup), "\(file)")
                }
                try FileManager.default.removeItem(atPath: backup.appending("pg_xact/0000").string)
                let missing = try await desk.drill(backup)
                #expect(missing.exitCode == 1)
                #expect(try await missing.report.backup.digest == Self.digest(of: backup))
            }
        }
    }

    @Test func tarFiles() async throws {
        try await withDesk { desk in
            try await withChain(["-Ft"]) { _, chain in
                let drilled = try await desk.drill(chain.backup)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(try await drilled.report.backup.digest == Self.digest(of: chain.backup))
                let file = chain.backup.appending("base.tar")
                let handle = try FileHandle(forWritingTo: URL(filePath: file.string))
                try handle.truncate(atOffset: 5 << 20)
                try handle.close()
                let damaged = try await desk.drill(chain.backup)
                #expect(damaged.exitCode == 1, "\(damaged.complaints)")
                #expect(try await damaged.report.backup.digest == Self.digest(of: chain.backup))
            }
        }
    }

    /// An inspection reads every file once, and its log once more, record after record.
    @Test(arguments: ["CRC32C", "SHA256"])
    func anInspection(_ algorithm: String) async throws {
        try await withDesk { desk in
            try await withChain(["--manifest-checksums=\(algorithm)"]) { _, chain in
                // What a shell has read is also what its children had read when they ended (proc(5), rchar).
                let command =
                    #""$0" inspect "$1" --format json; while read -r line; do echo "$line" >&2; done < /proc/$$/io"#
                let pgassay = try Program.ofThisPackage("pgassay").executable.string
                let outcome = try await Program("/bin/sh").run(
                    ["-c", command, pgassay, chain.backup.string], in: desk.root, environment: desk.environment())
                let digest = try await Self.digest(of: chain.backup)["dirHash"]
                #expect(outcome.output.contains("\"dirHash\":\"\(try #require(digest))\""), "\(outcome.output)")
                let read = try #require(outcome.errors.firstMatch(of: /rchar: ([0-9]+)/).flatMap { Int64($0.1) })
                let all = try Self.bytes(of: chain.backup)
                let log = try Self.bytes(of: chain.backup.appending("pg_wal"))
                #expect(read >= all && read < all + log + (6 << 20), "\(read) bytes read of \(all), of them \(log) log")
            }
        }
    }

    private static func bytes(of directory: FilePath) throws -> Int64 {
        try FileManager.default.subpathsOfDirectory(atPath: directory.string).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.appending(name).string)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { return sum }
            return sum + (attributes[.size] as? Int64 ?? 0)
        }
    }
}
