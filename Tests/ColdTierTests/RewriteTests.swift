import Crypto
import Evidence
import Findings
import Foundation
import Glibc
import Postgres
import Rows
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import ColdTier

/// Rows are erased from an export, and nothing else of it changes.
@Suite struct RewriteTests {
    /// A row every six hours of 24 months, in partitions by year; the text of each is found nowhere else.
    private static let visits = """
        CREATE TABLE visits (id bigint, at timestamptz NOT NULL, who text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
        CREATE TABLE visits_2021 PARTITION OF visits FOR VALUES FROM ('2021-01-01 00:00:00+00') TO ('2022-01-01 00:00:00+00');
        CREATE TABLE visits_2022 PARTITION OF visits FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2023-01-01 00:00:00+00');
        INSERT INTO visits SELECT i, timestamptz '2021-01-01 00:00:00+00' + i * interval '6 hours', 'person ' || md5(i::text)
        FROM generate_series(0, 2919) i;
        """

    @Test(
        "Ten keys of 24 slices: only files that hold them are written anew; verify, get, import and purge hold after it",
        arguments: ExportLayout.allCases)
    func tenKeys(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(Self.visits) { desk in
            try await desk.export((name: "visits", column: "at")) { $0.layout = layout }
            let before = try await desk.manifest()
            let envelope = try Data(contentsOf: desk.manifestURL)
            let states = try desk.states
            #expect(states.count == 24)
            // The first row of January 2021, four of March 2021, five of December 2022.
            let ids = [0, 250, 251, 252, 260, 2800, 2801, 2810, 2918, 2919]
            let list = try await desk.value(
                "SELECT string_agg(id || E'\\t' || at::text, E'\\n' ORDER BY id DESC) FROM visits WHERE id = ANY ('{\(ids.map(String.init).joined(separator: ","))}')"
            )!
            let result = try await desk.rewrite("visits", list, reason: "demand 2026-17")
            #expect(result.judgement.verdict == .passed, "\(ColdDesk.complaints(result.findings))")
            #expect(result.rows == 10 && result.keys == 10 && result.keysFound == 10 && result.removed == 3)
            #expect(
                result.findings.map(\.subject) == [
                    "public.visits 2021-01", "public.visits 2021-03", "public.visits 2022-12",
                ])

            // All other files are as they were, and the old ones are gone.
            let after = try desk.states
            #expect(after.count == 24)
            #expect(after.filter { states[$0.key] == nil }.count == 3)
            for (name, state) in after where states[name] != nil { #expect(states[name] == state, "\(name)") }

            let manifest = try await desk.manifest()
            let erasure = try #require(manifest.erasures?.first)
            #expect(erasure.predecessor == Hex.encode(SHA256.hash(data: envelope)))
            #expect(erasure.reason == "demand 2026-17" && erasure.table == "visits")
            #expect(erasure.slices.map(\.rows) == [1, 4, 5])
            #expect(manifest.id == before.id)
            let kept = try String(decoding: Data(base64Encoded: desk.envelope.payload)!, as: UTF8.self)
            #expect(
                !kept.contains("\"firstKey\":\"0\"") && !kept.contains("\"lastKey\":\"2919\""), "no erased key is kept")
            #expect(manifest.tables[0].slices[0].minimum == "2021-01-01 06:00:00+00", "nor a time")
            // By the digests of the database itself.
            try await desk.execute(
                "CREATE TABLE kept AS SELECT * FROM visits WHERE NOT id = ANY ('{\(ids.map(String.init).joined(separator: ","))}')"
            )
            for (slice, old) in zip(manifest.tables[0].slices, before.tables[0].slices) {
                var digest = TableDigest()
                for row in try await desk.rows(
                    "SELECT id, at, who FROM visits WHERE at >= '\(slice.from!)' AND at < '\(slice.to!)' AND id IN (SELECT id FROM kept)"
                ) where !row.isEmpty {
                    Array(row.utf8).withUnsafeBytes { digest.add(row: $0) }
                }
                #expect(slice.digest == digest, "\(slice.name)")
                #expect((slice == old) == (slice.digest == old.digest), "\(slice.name)")
            }

            let verified = try await desk.verify()
            #expect(verified.judgement.verdict == .passed, "\(ColdDesk.complaints(verified.findings))")
            #expect(try await desk.get("visits", where: ["id=2801"]).rows.isEmpty)
            #expect(try await desk.get("visits", where: ["id=2802"]).rows.count == 1)
            try await desk.create("target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            #expect(
                try await desk.value("SELECT md5(string_agg(v::text, ' ' ORDER BY id)) FROM visits v", in: "target")
                    == desk.value("SELECT md5(string_agg(v::text, ' ' ORDER BY id)) FROM kept v"))
            // Where the database still has the rows, a purge refuses; where they are erased, it purges.
            #expect(try await desk.purge().exitCode != 0)
            try await desk.execute("DELETE FROM visits WHERE id NOT IN (SELECT id FROM kept)")
            let purged = try await desk.purge()
            #expect(purged.exitCode == 0, "\(purged.errors)")
            #expect(try await desk.value("SELECT count(*)::text FROM visits") == "0")
            #expect(
                try await desk.export((name: "visits", column: "at")) { $0.layout = layout }.judgement.verdict
                    == .passed)
            // Again, there is nothing to erase.
            let again = try await desk.rewrite("visits", list)
            #expect(
                again.judgement.verdict == .passed && again.rows == 0 && again.statement == nil && again.removed == 0)
        }
    }

    @Test(
        "A second erasure adds to the first; a slice of which nothing is left stays, empty",
        arguments: [ExportLayout.csv, .parquet])
    func allOfASlice(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at")) { $0.layout = layout }
            // Identities begin at 1; October has 31 days.
            #expect(try await desk.rewrite("messages", "40\r\n\n40\n999\n").rows == 1)
            let all = try await desk.rewrite("messages", (1...31).map(String.init).joined(separator: "\n"))
            #expect(all.rows == 31 && all.keysFound == 31)
            let manifest = try await desk.manifest()
            #expect(manifest.erasures?.count == 2)
            #expect(manifest.tables[0].slices.map(\.digest.rows) == [0, 29, 31])
            #expect(manifest.tables[0].slices[0].contentSum == ContentSum())
            #expect(desk.files.count == 2)
            let verified = try await desk.verify()
            #expect(verified.judgement.verdict == .passed, "\(ColdDesk.complaints(verified.findings))")
            try await desk.create("target")
            #expect(try await desk.load(into: "target").judgement.verdict == .passed)
            #expect(try await desk.value("SELECT count(*)::text FROM messages", in: "target") == "60")
            let later = try await desk.export((name: "messages", column: "at"), before: "2024-01-01") {
                $0.layout = layout
            }
            #expect(later.judgement.verdict == .failed, "the database still has them, and it is told")
        }
    }

    @Test("Files from before, which the manifest knows no row groups of")
    func before() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try await desk.makeOld()
            #expect(try await desk.rewrite("messages", "5").rows == 1)
            let parts = try await desk.manifest().tables[0].slices.flatMap(\.parts)
            #expect(parts.map { $0.groups == nil } == [false, true, true])
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("A damaged file is not written anew, and nothing changes")
    func damaged() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            let manifest = try Data(contentsOf: desk.manifestURL)
            try desk.damage("messages/month=2023-10/part-00000.csv.zst") { $0[$0.count / 2] ^= 1 }
            let error = await #expect(throws: RewriteError.self) { try await desk.rewrite("messages", "5\n50") }
            #expect(error?.isMistake == false && error?.description.contains("Nothing was changed") == true)
            #expect(try Data(contentsOf: desk.manifestURL) == manifest && desk.files.count == 3)
            // A slice that holds none of the rows may be damaged.
            #expect(try await desk.rewrite("messages", "50").rows == 1)
        }
    }

    @Test("A disk that fills up ends an erasure before anything is changed; with room, it goes on")
    func fullDisk() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE noise (id int PRIMARY KEY, at timestamptz, data text);
            INSERT INTO noise SELECT i, timestamptz '2023-01-01' + i * interval '1 minute',
                (SELECT string_agg(md5((i * j)::text), '') FROM generate_series(1, 40) j) FROM generate_series(1, 9000) i;
            """
        ) { desk in
            try await withSmallDisk(at: desk.output, of: 64 << 20) { disk in
                try await desk.export((name: "noise", column: "at"))
                let (manifest, files) = (try Data(contentsOf: desk.manifestURL), try desk.states)
                // Room for the journal, and not for another file of this size.
                let used = try #require(
                    try FileManager.default.attributesOfItem(atPath: desk.output.appending(desk.files[0]).string)[.size]
                        as? Int)
                try disk.resize(to: used + 2 << 20)
                let error = await #expect(throws: StoreError.self) { try await desk.rewrite("noise", "7") }
                guard case .full = error else {
                    Issue.record("\(String(describing: error))")
                    throw CancellationError()
                }
                #expect(
                    try Data(contentsOf: desk.manifestURL) == manifest && desk.states == files && desk.staged.isEmpty)
                #expect(try await desk.verify().judgement.verdict == .passed)
                try disk.resize(to: 64 << 20)
                #expect(try await desk.rewrite("noise", "7").rows == 1)
                #expect(try await desk.verify().judgement.verdict == .passed)
            }
        }
    }

    @Test("Lists and calls that are wrong are refused before anything is read, and no key is quoted")
    func refusals() async throws {
        try await ColdDesk.with(
            messages + "CREATE TABLE loose (id int, at date); INSERT INTO loose VALUES (1, '2023-01-01');"
        ) { desk in
            try await desk.export((name: "messages", column: "at"), (name: "loose", column: "at"))
            func refused(
                _ table: String, _ list: String, _ change: (inout RewriteRequest) -> Void = { _ in }
            ) async -> String {
                let error = await #expect(throws: RewriteError.self) { try await desk.rewrite(table, list, change) }
                #expect(error?.isMistake == true)
                #expect(error?.description.contains("4711x") == false)
                return error?.description ?? ""
            }
            #expect(await refused("messages", "1\n4711x\n").contains("line 2 of the list is no primary key"))
            #expect(await refused("messages", "1\t2").contains("it has 2 values, and the key is id"))
            #expect(await refused("messages", "\n\n").contains("the list has no keys"))
            #expect(await refused("loose", "1").contains("had no such primary key"))
            #expect(await refused("none", "1").contains("has no table public.none"))
            #expect(await refused("messages", "1") { $0.signer = SigningKey.generate() }.contains("by another key"))
            _ = try await exportRows(
                desk.request([(name: "messages", column: "at")], before: "2024-02-01"),
                from: desk.server.target(database: "source")
            ) { _ in }
            #expect(await refused("messages", "1").contains("was started and not finished: run it again first"))
        }
    }
}

/// An erasure that is killed at any of its steps is finished by the next run, and at no moment is a row lost.
@Suite struct RewriteKilledTests {
    /// System calls, and the path on which the program is killed when it begins one of them.
    struct Step: Sendable, CustomTestStringConvertible {
        let what: String
        let calls: String
        /// In the export. A call on a file of a directory that is open counts as one on the directory.
        let path: String
        /// Whether the manifest is the new one by then.
        let isSigned: Bool
        /// Whether the journal of the rewrite is there by then.
        let isBegun: Bool

        var testDescription: String { what }

        static func rename(_ what: String, _ path: String, isSigned: Bool = false) -> Step {
            Step(what: what, calls: "rename,renameat,renameat2", path: path, isSigned: isSigned, isBegun: true)
        }

        static func readBack(_ what: String, _ file: String) -> Step {
            Step(
                what: what, calls: "open,openat", path: "\(own)/staging/\(file.replacing("/", with: ","))",
                isSigned: false, isBegun: true)
        }

        static func remove(_ what: String, _ path: String) -> Step {
            Step(what: what, calls: "unlink,unlinkat,rmdir", path: path, isSigned: true, isBegun: true)
        }
    }

    private static let own = ".pgassay-export"
    static let steps: [Step] = [
        Step(what: "begin", calls: "mkdir", path: "\(own)/rewrite", isSigned: false, isBegun: false),
        .readBack("read the first new file back", "messages/month=2023-10/part-00000.csv.zst"),
        .rename("put the first file in place", "messages/month=2023-10"),
        .readBack("read the second new file back", "messages/month=2023-12/part-00000.csv.zst"),
        .rename("put the second file in place", "messages/month=2023-12"),
        .rename("write the manifest", "manifest.dsse.json"),
        .rename("write purge.sql", "purge.sql", isSigned: true),
        .remove("remove the first old file", "messages/month=2023-10"),
        .remove("remove the second old file", "messages/month=2023-12"),
        .remove("remove the journal", "\(own)/rewrite/begun.json"),
    ]

    @Test("kill -9 when it is about to", arguments: steps)
    func killed(_ step: Step) async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            let files = try desk.keyFiles()
            try "3\n4\n80\n".write(toFile: desk.root.appending("list").string, atomically: true, encoding: .utf8)
            let arguments = [
                "export", "rewrite", desk.output.string, "--table", "messages", "--erase", "list", "--public-key",
                files.publicKey, "--signing-key", files.signingKey, "--jobs", "1",
            ]
            let pgassay = try Program.ofThisPackage("pgassay")
            let environment = ["PATH": "/usr/bin:/bin", "HOME": desk.root.string, "PGASSAY_SCRATCH": desk.root.string]
            let path = desk.output.appending(step.path)
            let killed = try await Program("/usr/bin/strace").run(
                [
                    "-f", "-o", "/dev/null", "-P", path.string, "-P", path.lastComponent?.string ?? "", "-e",
                    "inject=\(step.calls):signal=KILL:when=1", pgassay.executable.string,
                ] + arguments, in: desk.root, environment: environment)
            #expect(killed.exitCode == nil || killed.exitCode == 137, "it was not killed: \(killed.errors)")
            let manifest = try await desk.manifest()
            #expect((manifest.erasures != nil) == step.isSigned)
            // Every file that the manifest names is there, and good.
            let between = try await desk.verify()
            #expect(
                between.findings.allSatisfy { finding in
                    finding.status == .passed || finding.expected == "no such file" || finding.subject == "purge.sql"
                }, "\(ColdDesk.complaints(between.findings))")
            if step.isBegun {
                await #expect(throws: ExportError.self, "an export waits for it") {
                    try await desk.export((name: "messages", column: "at"))
                }
            }

            let again = try await pgassay.run(arguments, in: desk.root, environment: environment)
            #expect(again.exitCode == 0, "\(again.errors)")
            #expect(
                again.output.hasPrefix(
                    step.path.hasSuffix("begun.json") && step.isSigned ? "NOTHING TO ERASE" : "ERASED"),
                "\(again.output)")
            let whole = try await desk.verify()
            #expect(whole.judgement.verdict == .passed, "\(ColdDesk.complaints(whole.findings))")
            #expect(try await desk.manifest().tables[0].slices.map(\.digest.rows) == [29, 30, 30])
            #expect(desk.files.count == 3)
            #expect(!FileManager.default.fileExists(atPath: desk.output.appending(Self.own).string))
            #expect(try await desk.get("messages", key: ["3"]).rows.isEmpty)
            #expect(try await desk.get("messages", key: ["5"]).rows.count == 1)
        }
    }

    @Test("With another list, it refuses until the first is finished; what is written is not written again")
    func otherList() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            // Ends in the second slice, whose file cannot be replaced.
            let december = desk.output.appending("messages/month=2023-12").string
            let second = "\(december)/part-00001.csv.zst"
            let task = Task {
                try await desk.rewrite("messages", "3\n80") {
                    $0.jobs = 1
                } emit: {
                    if case .item("messages/month=2023-12/part-00000.csv.zst") = $0 { mkdir(second, 0o755) }
                }
            }
            await #expect(throws: StoreError.self) { try await task.value }
            rmdir(second)
            #expect(desk.files.contains("messages/month=2023-10/part-00001.csv.zst"))
            let states = try desk.states
            let error = await #expect(throws: RewriteError.self) { try await desk.rewrite("messages", "4") }
            #expect(error == .otherRewrite(location: desk.output.string))
            #expect(try await desk.rewrite("messages", "80\n3\n").rows == 2)
            let kept = "messages/month=2023-10/part-00001.csv.zst"
            #expect(try desk.states[kept] == states[kept])
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }
}

/// The same in a bucket, where versions and locks keep what was deleted.
@Suite struct RewriteBucketTests {
    @Test("All versions go; under Object Lock they stay, hidden, and it says until when", arguments: [false, true])
    func bucket(_ isLocked: Bool) async throws {
        try await ColdDesk.with(messages) { desk in
            try await ObjectServer.moto { server in
                let bucket = "cold-erase-\(isLocked)"
                try await server.makeBucket(bucket, objectLock: true)
                let pgassay = try Program.ofThisPackage("pgassay")
                let environment = server.environment.merging(["PGASSAY_SCRATCH": desk.root.string]) { $1 }
                func run(_ arguments: [String]) async throws -> Program.Outcome {
                    try await pgassay.run(arguments, in: desk.root, environment: environment)
                }
                let plan = desk.root.appending("plan.yaml").string
                try """
                name: cold
                export:
                  database: "\(desk.server.target(database: "source").connectionString)"
                  output: s3://\(bucket)/exports
                  before: 2024-01-01
                  tables: { messages: { column: at } }
                \(isLocked ? "  objectLock: { mode: governance, days: 3 }" : "")
                """.write(toFile: plan, atomically: true, encoding: .utf8)
                let exported = try await run(["export", plan, "--unsigned"])
                #expect(exported.exitCode == 0, "\(exported.errors)")
                try "3\n4\n80\n".write(toFile: desk.root.appending("list").string, atomically: true, encoding: .utf8)
                let rewrite = [
                    "export", "rewrite", "s3://\(bucket)/exports", "--table", "messages", "--erase", "list",
                    "--unsigned",
                ]
                for attempt in 1...2 {
                    let said = try await run(rewrite)
                    #expect(said.exitCode == (isLocked ? 3 : 0), "\(said.output) \(said.errors)")
                    if isLocked {
                        #expect(said.output.hasPrefix("NOT ALL ROWS ARE ERASED"), "\(said.output)")
                        #expect(said.output.contains("it is locked until 20"), "\(said.output)")
                    } else {
                        #expect(said.output.hasPrefix(attempt == 1 ? "ERASED" : "NOTHING TO ERASE"), "\(said.output)")
                    }
                    let verified = try await run(["export", "verify", "s3://\(bucket)/exports", "--unsigned"])
                    #expect(verified.exitCode == 0, "\(verified.output)")
                }
                let versions = try await server.aws(
                    "s3api", "list-object-versions", "--bucket", bucket, "--prefix",
                    "exports/messages/month=2023-10/part-00000", "--output", "json", "--query",
                    "[length(Versions || `[]`), length(DeleteMarkers || `[]`)]")
                let counts = try JSONDecoder().decode([Int].self, from: Data(versions.output.utf8))
                #expect(counts == (isLocked ? [1, 1] : [0, 0]), "\(versions.output) \(versions.errors)")
                if isLocked {
                    let head = try await server.aws(
                        "s3api", "head-object", "--bucket", bucket, "--key",
                        "exports/messages/month=2023-10/part-00001.csv.zst", "--query", "ObjectLockMode")
                    #expect(head.output.contains("GOVERNANCE"), "the new file is locked as the old one is")
                }
            }
        }
    }
}

/// Every version of an object is deleted, whatever the bucket did with versions when the object was written.
@Suite struct DeletedVersionsTests {
    @Test("The bucket keeps versions", arguments: ["never", "from the beginning", "since then"])
    func nothingIsLeft(_ when: String) async throws {
        try await ObjectServer.moto { server in
            let bucket = "versions-\(when.replacing(" ", with: "-"))"
            try await server.makeBucket(bucket)
            let store = try server.store(bucket)
            func keepVersions() async throws {
                let set = try await server.aws(
                    "s3api", "put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled"
                )
                try #require(set.exitCode == 0, "\(set.errors)")
            }
            if when == "from the beginning" { try await keepVersions() }
            for name in ["a", "b"] { try await store.replace(name, with: [1]) }
            if when == "since then" { try await keepVersions() }
            if when != "never" { try await store.replace("b", with: [2]) }
            let (removed, locked) = try await store.deleteVersions(of: ["a", "b"])
            #expect(removed == 2 && locked == [])
            let left = try await server.aws(
                "s3api", "list-object-versions", "--bucket", bucket, "--output", "json", "--query",
                "[length(Versions || `[]`), length(DeleteMarkers || `[]`)]")
            #expect(try JSONDecoder().decode([Int].self, from: Data(left.output.utf8)) == [0, 0], "\(left.output)")
        }
    }
}

extension ColdDesk {
    var manifestURL: URL { URL(filePath: output.appending(ExportManifest.fileName).string) }

    var envelope: Envelope {
        get throws { try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: manifestURL)) }
    }

    /// Inode and modification time of each file: whether it was written again.
    var states: [String: [Int]] {
        get throws {
            Dictionary(
                uniqueKeysWithValues: try files.map { name in
                    var status = stat()
                    try #require(stat(output.appending(name).string, &status) == 0)
                    return (name, [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec])
                })
        }
    }

    @discardableResult
    func rewrite(
        _ table: String, _ list: String, reason: String = "test", _ change: (inout RewriteRequest) -> Void = { _ in },
        emit: @escaping ExportEventSink = { _ in }
    ) async throws -> RewriteResult {
        var request = RewriteRequest(
            location: output.string, publicKey: key.publicKey, signer: key, table: TableName(parsing: table)!,
            list: Array(list.utf8), reason: reason, jobs: 2, toolVersion: "test")
        change(&request)
        return try await rewriteExport(request, emit: emit)
    }

    /// The key of the test, in files.
    func keyFiles() throws -> (signingKey: String, publicKey: String) {
        let (signing, `public`) = (root.appending("signing-key.pem").string, root.appending("public-key.pem").string)
        try Data(key.pem.utf8).write(to: URL(filePath: signing))
        chmod(signing, 0o600)
        try Data(key.publicKey.pem.utf8).write(to: URL(filePath: `public`))
        return (signing, `public`)
    }
}
