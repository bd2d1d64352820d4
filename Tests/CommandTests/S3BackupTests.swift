import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Backups in a bucket, of moto's server.
@Suite struct S3BackupTests {
    private static func plan(_ desk: Desk, _ place: String, _ rest: String = "") throws -> FilePath {
        try desk.file("plan.yaml", "name: test\nbackup: { path: '\(place)' }\n\(rest)\n")
    }

    @Test func dumpsAndBaseBackups() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom")
            try await withChain(["-Ft", "-z"]) { _, chain in
                try await ObjectServer.moto { server in
                    try await server.makeBucket("backups")
                    for (from, to) in [
                        (dump.string, "s3://backups/dumps/older.dump"), (dump.string, "s3://backups/dumps/newer.dump"),
                    ] {
                        let copied = try await server.aws("s3", "cp", from, to)
                        try #require(copied.exitCode == 0, "\(copied.errors)")
                        // Times go by the second.
                        try await Task.sleep(for: .seconds(1.1))
                    }
                    let copied = try await server.aws(
                        "s3", "cp", "--recursive", chain.backup.string, "s3://backups/base/b")
                    try #require(copied.exitCode == 0, "\(copied.errors)")

                    // With the tool as everybody starts it: the other tests load it once for all of them.
                    let newest = try await desk.drill(
                        try Self.plan(desk, "s3://backups/dumps/*.dump"),
                        environment: server.environment.merging(["PATH": "\(ObjectServer.tools):/usr/bin:/bin"]) { $1 })
                    #expect(newest.exitCode == 0, "\(newest.complaints)")
                    #expect(newest.report.backup.location == "s3://backups/dumps/newer.dump")
                    let sum = try await Program("/usr/bin/sha256sum").run([dump.string], in: "/", environment: [:])
                    #expect(newest.report.backup.digest == ["sha256": String(sum.output.prefix(64))])
                    let named = try await desk.drill(
                        try Self.plan(desk, "s3://backups/dumps/*.dump"), ["--pick", "older.dump"],
                        environment: server.environment)
                    #expect(named.report.backup.location == "s3://backups/dumps/older.dump")

                    let base = try await desk.drill(
                        try Self.plan(desk, "s3://backups/base/*", "recovery: { wal: '\(chain.archive)' }"),
                        environment: server.environment)
                    #expect(base.exitCode == 0, "\(base.complaints)")
                    #expect(base.rows["public.t"] == 3003)

                    for place in ["s3://backups/none/*", "s3://nobody/x"] {
                        let missing = try await desk.pgassay(
                            desk.drilling(try Self.plan(desk, place)), environment: server.environment)
                        #expect(missing.exitCode == 2, "\(missing.errors)")
                        #expect(missing.errors.contains("There is no b"), "\(missing.errors)")
                    }
                }
            }
        }
    }

    /// What happens to a directory of objects while it is downloaded: nothing of it is drilled that is not what was listed.
    private static let changes: [(what: String, before: String, after: String, says: String)] = [
        ("nothing", "", "", ""),
        (
            "an object vanishes", "$aws s3 rm --quiet s3://listed/d/toc.dat", "",
            "is not in the bucket listed any more"
        ),
        ("an object changes", "date | $aws s3 cp --quiet - s3://listed/d/toc.dat", "", "changed the backup"),
        ("an object is added", "date | $aws s3 cp --quiet - s3://listed/d/more", "", "changed the backup"),
        ("a file is more", "", "date > \"$directory/more\"", "more is not in the list"),
        ("a directory is more", "", "mkdir \"$directory/more\"", "more is not in the list"),
        ("a file is missing", "", "rm \"$directory/toc.dat\"", "toc.dat is in the list, and did not come"),
        ("a file is longer", "", "date >> \"$directory/toc.dat\"", "toc.dat has"),
        ("a link", "", "ln -sf /etc/hostname \"$directory/toc.dat\"", "toc.dat is not in the list"),
    ]

    @Test func whatArrivesIsWhatWasListed() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.directory")
            try await ObjectServer.moto { server in
                try await server.makeBucket("listed")
                let tools = desk.root.appending("tools")
                try FileManager.default.createDirectory(atPath: tools.string, withIntermediateDirectories: false)
                for (what, before, after, says) in Self.changes {
                    for arguments in [
                        ["s3", "rm", "--quiet", "--recursive", "s3://listed/d"],
                        ["s3", "cp", "--quiet", "--recursive", dump.string, "s3://listed/d"],
                    ] {
                        let outcome = try await Program(ObjectServer.awsTool).run(
                            arguments, in: "/", environment: server.environment)
                        try #require(outcome.exitCode == 0, "\(outcome.errors)")
                    }
                    let file = tools.appending("aws").string
                    try? FileManager.default.removeItem(atPath: file)
                    try Data(
                        """
                        #!/bin/sh
                        aws=\(ObjectServer.awsTool)
                        [ "$1 $2" = 's3 cp' ] || exec $aws "$@"
                        for directory; do :; done
                        \(before)
                        $aws "$@" || exit
                        \(after)

                        """.utf8
                    ).write(to: URL(filePath: file))
                    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
                    let path = try #require(server.environment["PATH"])
                    let drilled = try await desk.drill(
                        try Self.plan(desk, "s3://listed/d"),
                        environment: server.environment.merging(["PATH": "\(tools):\(path)"]) { $1 })
                    #expect(drilled.exitCode == (says.isEmpty ? 0 : 3), "\(what): \(drilled.complaints)")
                    #expect(drilled.report.cause == (says.isEmpty ? nil : .environment), "\(what)")
                    #expect(says.isEmpty || drilled.complaints.contains(says), "\(what): \(drilled.complaints)")
                }
            }
        }
    }

    /// What the service refuses, when it is asked and when it sends, is the machine's: nothing is known of the backup.
    @Test(arguments: [
        ("list-objects-v2", "AccessDenied", "AccessDenied"), ("get-object", "SlowDown", "SlowDown"),
        ("get-object", "PreconditionFailed", "something changed the backup while it was downloaded"),
    ])
    func aServiceThatRefuses(operation: String, code: String, says: String) async throws {
        try await withDesk { desk in
            let tools = desk.root.appending("tools")
            try FileManager.default.createDirectory(atPath: tools.string, withIntermediateDirectories: false)
            let aws = try desk.file(
                "tools/aws",
                """
                #!/bin/sh
                if [ "$2" = \(operation) ]; then
                    echo "An error occurred (\(code)) when calling it" >&2
                    exit 254
                fi
                echo '[["x.dump", 1000, "2026-11-22T02:00:00+00:00"]]'

                """)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: aws.string)
            let drilled = try await desk.drill(
                try Self.plan(desk, "s3://listed/x.dump"), environment: ["PATH": "\(tools):/usr/bin:/bin"])
            #expect(drilled.exitCode == 3, "\(drilled.complaints)")
            #expect(drilled.report.cause == .environment)
            #expect(drilled.complaints.contains(says), "\(drilled.complaints)")
            #expect(drilled.report.backup.location == "s3://listed/x.dump")
        }
    }
}
