import AWS
import ColdTier
import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

@Suite struct S3StoreTests {
    private typealias Conformance = StoreConformance

    @Test func doesWhatStoresDo() async throws {
        try await ObjectServer.moto { server in
            try await server.makeBucket("archive")
            try await withTemporaryDirectory { directory in
                let store = try server.store("archive")
                try await Conformance.check(store, local: directory)
                #expect(store.location == "s3://archive/exports/avaolo")
                #expect(try await server.store("archive", prefix: "exports").list("avaolo/logs/").count == 3)
                #expect(try await server.store("archive", prefix: "export").list("") == [], "a prefix is a directory")
                try await Self.otherRuns(server, directory)
            }
        }
    }

    /// What an earlier run left is good where it is the same, and named where it is not.
    private static func otherRuns(_ server: ObjectServer, _ directory: FilePath) async throws {
        let store = try server.store("archive", prefix: "")
        #expect(store.location == "s3://archive")
        let first = ["part-00000.csv.zst": Array("zero".utf8)]
        let both = first.merging(["part-00001.csv.zst": Array("one".utf8)]) { $1 }
        try await store.add(slice: "logs/month=2022-07", from: Conformance.stage(first, in: directory))
        try await store.add(slice: "logs/month=2022-07", from: Conformance.stage(both, in: directory))
        #expect(try await store.list("logs/").map(\.size) == [4, 3])
        let words = await Conformance.expect(.exists, "a slice of fewer files") {
            try await store.add(slice: "logs/month=2022-07", from: Conformance.stage(first, in: directory))
        }
        #expect(words.contains("s3://archive has logs/month=2022-07/part-00001.csv.zst already"))
    }

    @Test("A thousand objects and more are listed, page after page")
    func pages() async throws {
        try await ObjectServer.moto { server in
            try await server.makeBucket("archive-of-pages")
            try await withTemporaryDirectory { directory in
                for number in 0..<1001 {
                    try Data().write(
                        to: URL(filePath: directory.appending("many/\(number % 7)/\(number)").string, make: true))
                }
                let copied = try await server.aws(
                    "s3", "cp", "--recursive", "--only-show-errors", directory.appending("many").string,
                    "s3://archive-of-pages/exports/avaolo/many/")
                #expect(copied.exitCode == 0, "\(copied.errors)")
            }
            let files = try await server.store("archive-of-pages").list("many/")
            #expect(files.count == 1001)
            #expect(Set(files.map(\.name)).count == 1001)
        }
    }

    @Test("Object Lock keeps what was written, the manifest included", arguments: ObjectLock.Mode.allCases)
    func objectLock(_ mode: ObjectLock.Mode) async throws {
        let bucket = "archive-\(mode.rawValue)"
        try await ObjectServer.moto { server in
            try await server.makeBucket(bucket, objectLock: true)
            let store = try server.store(bucket, objectLock: ObjectLock(mode: mode, days: 3650))
            try await withTemporaryDirectory { directory in
                try await store.add(
                    slice: "logs/month=2022-07", from: Conformance.stage(["p.csv.zst": [1]], in: directory))
            }
            try await store.replace("manifest.dsse.json", with: [1])
            try await store.replace("manifest.dsse.json", with: [2])
            for name in ["logs/month=2022-07/p.csv.zst", "manifest.dsse.json"] {
                let key = ["--bucket=\(bucket)", "--key=exports/avaolo/\(name)"]
                let head = try await server.aws(
                    "s3api", "head-object", key[0], key[1], "--output=text", "--query",
                    "[ObjectLockMode,ObjectLockRetainUntilDate,VersionId]")
                let words = head.output.split(whereSeparator: \.isWhitespace).map(String.init)
                try #require(words.count == 3, "\(head)")
                #expect(words[0] == mode.rawValue.uppercased())
                let until = try Date(String(words[1].prefix(19)) + "Z", strategy: .iso8601)
                #expect(abs(until.timeIntervalSinceNow - 3650 * 86_400) < 3600, "\(words[1])")
                let deleted = try await server.aws("s3api", "delete-object", key[0], key[1], "--version-id", words[2])
                #expect(deleted.errors.contains("AccessDenied"), "\(deleted)")
            }
            #expect(try await store.contents(of: "manifest.dsse.json", limit: 9) == [2])
        }
    }

    @Test("A bucket that is not there, and access that is refused, are told in S3's words, without secrets")
    func refusals() async throws {
        try await ObjectServer.moto { server in
            let store = try server.store("nowhere")
            try await withTemporaryDirectory { directory in
                let staged = try Conformance.stage(["p.csv.zst": [1]], in: directory)
                for body in [
                    { _ = try await store.list("") }, { _ = try await store.contents(of: "m", limit: 9) },
                    { try await store.read("m") { _ in } }, { try await store.replace("m", with: [1]) },
                    { try await store.add(slice: "logs/month=2022-07", from: staged) },
                ] as [() async throws -> Void] {
                    let words = await Conformance.expect(.refused, "a bucket that is not there", body)
                    #expect(words.hasSuffix("there is no bucket nowhere"), "\(words)")
                }
            }
            try await server.makeBucket("plain")
            let locked = try server.store("plain", objectLock: ObjectLock(mode: .governance, days: 1))
            await Conformance.expect(.refused, "Object Lock that the bucket has not") {
                try await locked.replace("m", with: [1])
            }
        }
        try await ObjectServer.moto(settings: ["INITIAL_NO_AUTH_ACTION_COUNT": "0"]) { server in
            let words = await Conformance.expect(.refused, "a key that nobody knows") {
                _ = try await server.store("archive").list("")
            }
            #expect(words.contains("InvalidAccessKeyId"), "\(words)")
            #expect(!words.contains("example-secret-access-key") && !words.contains("AKIAEXAMPLEEXAMPLE00"))
        }
    }

    /// What broken_s3.py has under every name.
    private static let object = (0..<4000).flatMap { _ in (0...255).map { UInt8($0) } }

    @Test("A download that breaks off again and again is an error and no end, whatever came before")
    func brokenDownload() async throws {
        try await ObjectServer.broken("always") { server in
            var bytes: [UInt8] = []
            let store = try server.store("archive")
            await Conformance.expect(.refused, "a part of an object") { try await store.read("m") { bytes += $0 } }
            #expect(bytes == Array(Self.object[..<bytes.count]))
            #expect(bytes.count < Self.object.count)
            await Conformance.expect(.refused, "half an object") {
                _ = try await store.contents(of: "m", limit: 2_000_000)
            }
        }
    }

    @Test("A download that breaks off once goes on where it was")
    func resumedDownload() async throws {
        try await ObjectServer.broken("once") { server in
            let store = try server.store("archive")
            #expect(try await Conformance.contents("m", store) == Self.object)
        }
    }

    @Test("A download that breaks off goes on with the version that it began with, or ends")
    func downloadOfOneVersion() async throws {
        func read(_ server: ObjectServer, _ body: ([UInt8]) -> Void) async throws {
            let bucket = S3Bucket(name: "archive", tool: try AWSTool(environment: server.environment))
            try await bucket.read(key: "m", tag: "\"0123456789abcdef0123456789abcdef\"") { body($0) }
        }
        var bytes: [UInt8] = []
        try await ObjectServer.broken("once") { server in try await read(server) { bytes += $0 } }
        #expect(bytes == Self.object)
        bytes = []
        try await ObjectServer.broken("changed") { server in
            let refusal = await #expect(throws: AWSFailure.self) { try await read(server) { bytes += $0 } }
            #expect(refusal?.code == "PreconditionFailed", "\(refusal?.words ?? "")")
        }
        #expect(!bytes.isEmpty && bytes == Array(Self.object[..<bytes.count]))
    }

    @Test("A download that falls silent is stopped")
    func silentDownload() async throws {
        try await ObjectServer.broken("silent") { server in
            let store = try server.store("archive", patience: .seconds(4))
            let words = await Conformance.expect(.stalled, "silence") { try await store.read("m") { _ in } }
            #expect(words.contains("could not read m in s3://archive/exports/avaolo: nothing happened for 4 s"))
            await Conformance.expect(.stalled, "silence") { _ = try await store.contents(of: "m", limit: 9) }
        }
    }

    @Test("A tool that hangs is stopped, one that tells secrets is not quoted, and none at all is named")
    func tools() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending("aws").string
            func store(_ script: String, patience: Duration = .seconds(600)) throws -> S3Store {
                try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
                let environment = [
                    "PATH": "\(directory):/usr/bin:/bin", "AWS_SECRET_ACCESS_KEY": "example-secret",
                    "OTHER_SECRET": "other",
                ]
                return S3Store(
                    bucket: "b", prefix: "", tool: try AWSTool(environment: environment, patience: patience))
            }
            let hanging = try store("exec sleep 600", patience: .milliseconds(300))
            await Conformance.expect(.stalled, "a list") { _ = try await hanging.list("") }
            await Conformance.expect(.stalled, "a write") { try await hanging.replace("m", with: [1]) }

            let telling = try store("echo \"$AWS_SECRET_ACCESS_KEY of http://u:pw@h/ and [$OTHER_SECRET]\" >&2; exit 3")
            let words = await Conformance.expect(.refused, "a failure") { _ = try await telling.list("") }
            #expect(words.hasSuffix("… of http://…@h/ and [] (exit code 3)"), "\(words)")

            let none = #expect(throws: NoAWSTool.self) { try AWSTool(environment: ["PATH": "/nowhere"]) }
            #expect(none?.description.contains("The program aws is missing") == true)
        }
    }
}

extension URL {
    /// A file's, in a directory that is made for it.
    fileprivate init(filePath: String, make: Bool) throws {
        self.init(filePath: filePath)
        try FileManager.default.createDirectory(at: deletingLastPathComponent(), withIntermediateDirectories: true)
    }
}

@Suite struct StoreLocationTests {
    @Test func isRead() throws {
        #expect(try StoreLocation("exports/a b") == .directory("exports/a b"))
        #expect(try StoreLocation("/srv/s3") == .directory("/srv/s3"))
        #expect(try StoreLocation("s3://archive") == .s3(bucket: "archive", prefix: ""))
        #expect(try StoreLocation("s3://my.archive-1/") == .s3(bucket: "my.archive-1", prefix: ""))
        #expect(try StoreLocation("s3://archive/a/b//") == .s3(bucket: "archive", prefix: "a/b"))
    }

    @Test(arguments: [
        ("", "name a directory"), ("s3://", "it names no bucket"), ("s3:///x", "it names no bucket"),
        ("s3://-x", "-x is not the name of a bucket"), ("s3://a b/x", "a b is not the name of a bucket"),
        ("s3://archive/../x", "its prefix has a part that begins with a dot"),
        ("s3://archive/a//b", "its prefix has an empty part"), ("https://host/x", "https://… is not known here"),
        ("gs://bucket", "gs://… is not known here"),
    ])
    func isRefused(_ text: String, _ words: String) async {
        let said = await StoreConformance.expect(.badLocation, text) { _ = try StoreLocation(text) }
        #expect(said.contains(words), "\(said)")
    }

    @Test func aDirectoryLocksNothing() async {
        await StoreConformance.expect(.badLocation, "a lock on a directory") {
            _ = try StoreLocation("/tmp/x").open(objectLock: ObjectLock(mode: .compliance, days: 1))
        }
    }
}
