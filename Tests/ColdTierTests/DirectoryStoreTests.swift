import ColdTier
import Foundation
import Glibc
import Storage
import SystemPackage
import TestSupport
import Testing

@Suite struct DirectoryStoreTests {
    /// A store in a directory that it makes.
    private func withStore(
        _ body: (DirectoryStore, _ root: FilePath, _ outside: FilePath) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let root = directory.appending("a/store")
            try await body(DirectoryStore(root, create: true), root, directory)
        }
    }

    @Test func doesWhatStoresDo() async throws {
        try await withStore { store, root, outside in
            try await StoreConformance.check(store, local: outside)
            #expect(store.location == root.string)
        }
    }

    @Test("A store that is to be there and is not is named")
    func absence() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.appending("none")
            let words = await StoreConformance.expect(.refused, "no directory") {
                _ = try DirectoryStore(path, create: false)
            }
            #expect(words == "cannot open \(path): No such file or directory")
            try Data().write(to: URL(filePath: path.string))
            await StoreConformance.expect(.refused, "a file") { _ = try DirectoryStore(path, create: true) }
        }
    }

    @Test("No link leads out of the store, for reading or for writing, of a file or of a directory")
    func links() async throws {
        try await withStore { store, root, outside in
            let secret = outside.appending("secret")
            try Data("secret".utf8).write(to: URL(filePath: secret.string))
            try FileManager.default.createDirectory(
                atPath: root.appending("logs").string, withIntermediateDirectories: false)
            for (link, target) in [
                ("logs/link", "../../../secret"), ("away", outside.string), ("manifest.dsse.json", secret.string),
            ] {
                try #require(symlink(target, root.appending(link).string) == 0)
            }
            await StoreConformance.expect(.refused, "a link") { try await store.read("logs/link") { _ in } }
            await StoreConformance.expect(.refused, "a link as manifest") {
                _ = try store.contents(of: "manifest.dsse.json", limit: 100)
            }
            await StoreConformance.expect(.refused, "a linked directory") {
                try await store.read("away/secret") { _ in }
            }
            await StoreConformance.expect(.refused, "writing through a linked directory") {
                try store.replace("away/secret", with: [1])
            }
            let staged = try StoreConformance.stage(["x": [1]], store, outside)
            await StoreConformance.expect(.refused, "adding through a linked directory") {
                try store.add(slice: "away/month=2022-07", from: staged)
            }
            await StoreConformance.expect(.exists, "adding over a link") { try store.add(slice: "away", from: staged) }
            // A link is itself replaced, not what it leads to.
            try store.replace("manifest.dsse.json", with: Array("new".utf8))
            #expect(try store.contents(of: "manifest.dsse.json", limit: 100) == Array("new".utf8))
            #expect(try String(contentsOfFile: secret.string, encoding: .utf8) == "secret")
            // What is no file of an export is seen all the same.
            #expect(try store.list("").map(\.name) == ["away", "logs/link", "manifest.dsse.json"])
        }
    }

    @Test("Pipes and directories are no files, and nobody waits for a pipe")
    func otherThings() async throws {
        try await withStore { store, root, outside in
            try #require(mkfifo(root.appending("pipe").string, 0o666) == 0)
            await StoreConformance.expect(.refused, "a pipe") { try await store.read("pipe") { _ in } }
            try FileManager.default.createDirectory(
                atPath: root.appending("d").string, withIntermediateDirectories: false)
            await StoreConformance.expect(.refused, "a directory") { _ = try store.contents(of: "d", limit: 100) }
            await StoreConformance.expect(.refused, "replacing a directory") { try store.replace("d", with: [1]) }
            #expect(try store.list("").map(\.name) == ["pipe"], "nothing temporary is left")
            let staged = try StoreConformance.stage(["x": [1]], store, outside)
            try #require(symlink("x", staged.appending("y").string) == 0)
            await StoreConformance.expect(.refused, "a link among staged files") {
                try store.add(slice: "d/month=1", from: staged)
            }
        }
    }

    @Test("A name that is not UTF-8 is seen too")
    func bytes() async throws {
        try await withStore { store, root, _ in
            let name: [CChar] = Array(root.appending("x").string.utf8CString.dropLast()) + [-1, 0]
            let file = open(name, O_CREAT | O_WRONLY, 0o644)
            try #require(file >= 0)
            close(file)
            #expect(try store.list("").map(\.name) == ["x\u{FFFD}"])
        }
    }

    @Test("What an export keeps of its own is not listed; of that name elsewhere it is")
    func own() async throws {
        try await withStore { store, root, _ in
            for path in [".pgassay-export/slice", "logs/.pgassay-export"] {
                let file = root.appending(path)
                try FileManager.default.createDirectory(
                    atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: file.string))
            }
            try store.replace("manifest.dsse.json", with: [1])
            #expect(try store.list("").map(\.name) == ["logs/.pgassay-export", "manifest.dsse.json"])
            #expect(FileManager.default.fileExists(atPath: root.appending(".pgassay-export/slice").string))
        }
    }

    @Test("Of several writers at the same time, none overwrites what another has written")
    func compareAndSwap() async throws {
        try await withStore { _, root, _ in
            @Sendable func isConfirmed(_ replace: () async throws -> Void) async throws -> Bool {
                do {
                    try await replace()
                    return true
                } catch let error as StoreError {
                    guard case .changed = error else { throw error }
                    return false
                }
            }
            /// Counts up in a file until it has done so ten times; each writer opens the directory itself.
            @Sendable func countUp() async throws {
                let store = try DirectoryStore(root, create: false)
                var confirmed = 0
                while confirmed < 10 {
                    let before = try store.contents(of: "counter", limit: 8)
                    let number = before.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                    let mine = Array(String(number + 1).utf8)
                    if try await isConfirmed({ try await store.replace("counter", with: mine, over: before) }) {
                        confirmed += 1
                    }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await countUp() } }
                try await group.waitForAll()
            }
            let store = try DirectoryStore(root, create: false)
            #expect(try store.contents(of: "counter", limit: 8) == Array("40".utf8))
        }
    }

    @Test("A full disk is called that, and leaves nothing")
    func full() async throws {
        try await withTemporaryDirectory { directory in
            let root = directory.appending("small")
            try await withSmallDisk(at: root, of: 1 << 20) { _ in
                let store = try DirectoryStore(root, create: true)
                let words = await StoreConformance.expect(.full, "2 MB in 1 MB") {
                    try store.replace("manifest.dsse.json", with: [UInt8](repeating: 1, count: 2 << 20))
                }
                #expect(words.contains("no room left in \(root)"))
                #expect(try store.list("") == [])

                let staged = try StoreConformance.stage(["x": [1]], in: directory)
                let other = await StoreConformance.expect(.refused, "staged elsewhere") {
                    try store.add(slice: "logs/month=1", from: staged)
                }
                #expect(other.contains("must be staged on the file system of the export"))
            }
        }
    }
}
