import Files
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What was opened is what is read, whatever becomes of its name.
@Suite struct OpenTreeTests {
    private static func write(_ text: String, _ path: FilePath) throws {
        try Data(text.utf8).write(to: URL(filePath: path.string))
    }

    /// A directory `backup` with `a`, `in/b` and `in/c`, and a directory `other` with the same names.
    private static func withBackup(_ body: (FilePath, FilePath) throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            for name in ["backup", "other"] {
                let place = root.appending(name)
                try FileManager.default.createDirectory(
                    atPath: place.appending("in").string, withIntermediateDirectories: true)
                for file in ["a", "in/b", "in/c"] { try write("\(name) \(file)", place.appending(file)) }
            }
            try body(root.appending("backup"), root.appending("other"))
        }
    }

    private static func exchange(_ one: FilePath, _ other: FilePath) throws {
        let aside = FilePath("\(one).aside")
        for (from, to) in [(one, aside), (other, one), (aside, other)] {
            try #require(rename(from.string, to.string) == 0)
        }
    }

    private static func text(_ name: FilePath, of tree: OpenTree) throws -> String {
        String(decoding: try #require(tree.file(name)).read(limit: 100), as: UTF8.self)
    }

    @Test func anotherBackupUnderItsName() async throws {
        try await Self.withBackup { backup, other in
            let tree = try OpenTree(at: backup)
            try Self.exchange(backup, other)
            #expect(try Self.text("in/b", of: tree) == "backup in/b")
            #expect(try tree.realPath() == other)
            // It has another name, and is the same.
            #expect(try !tree.hasChanged())
        }
    }

    @Test func whoHasItOpen() async throws {
        try await Self.withBackup { backup, _ in
            let file = try #require(try OpenTree(at: backup).file("in/b"))
            #expect(try !file.isBeingWritten())
            let reader = try FileDescriptor.open(file.path, .readOnly)
            #expect(try !file.isBeingWritten())
            let writer = try FileDescriptor.open(file.path, .writeOnly, options: .append)
            #expect(try file.isBeingWritten())
            try writer.close()
            #expect(try !file.isBeingWritten())
            try reader.close()
        }
    }

    @Test func anotherFileUnderItsName() async throws {
        try await Self.withBackup { backup, other in
            let file = backup.appending("a")
            let (tree, alone) = (try OpenTree(at: backup), try OpenTree(at: file))
            try Self.exchange(file, other.appending("a"))
            #expect(throws: FileError(path: file, problem: .changed)) { _ = try Self.text("a", of: tree) }
            #expect(try tree.hasChanged())
            // Renaming is a change of a file; what was opened would still be read.
            #expect(try alone.hasChanged())
            try Self.exchange(file, other.appending("a"))
            #expect(try tree.hasChanged(), "it was away meanwhile")
        }
    }

    /// A part of the name in the middle, which O_NOFOLLOW alone would follow.
    @Test func aLinkInThePlaceOfADirectory() async throws {
        try await Self.withBackup { backup, other in
            let tree = try OpenTree(at: backup)
            let place = backup.appending("in")
            try #require(rename(place.string, "\(backup).in") == 0)
            try #require(symlink(other.appending("in").string, place.string) == 0)
            let changed = FileError(path: place.appending("b"), problem: .changed)
            #expect(throws: changed) { _ = try Self.text("in/b", of: tree) }
            #expect(try tree.hasChanged())
            try #require(unlink(place.string) == 0)
            try #require(rename("\(backup).in", place.string) == 0)
            #expect(try Self.text("in/b", of: tree) == "backup in/b")
        }
    }

    @Test func whatIsWrittenMeanwhile() async throws {
        try await Self.withBackup { backup, _ in
            let changes: [(String, (FilePath) throws -> Void)] = [
                ("written to", { try Self.write("other a", $0.appending("a")) }),
                ("added", { try Self.write("", $0.appending("in/d")) }),
                ("removed", { _ = unlink($0.appending("in/c").string) }),
                ("linked", { _ = symlink("a", $0.appending("link").string) }),
            ]
            for (words, change) in changes {
                let tree = try OpenTree(at: backup)
                #expect(try !tree.hasChanged(), "\(words)")
                try change(backup)
                #expect(try tree.hasChanged(), "\(words)")
            }
        }
    }

    /// To open a pipe would take for ever.
    @Test func pipesAreNotOpened() async throws {
        try await Self.withBackup { backup, _ in
            try #require(mkfifo(backup.appending("pipe").string, 0o600) == 0)
            let tree = try OpenTree(at: backup)
            #expect(tree.state(of: "pipe")?.kind == .special)
            #expect(tree.file("pipe") == nil)
            #expect(tree.files.map(\.name.string).sorted() == ["a", "in/b", "in/c"])
            let pipe = try OpenTree(at: backup.appending("pipe"))
            #expect(pipe.file() == nil && !pipe.isDirectory)
        }
    }

    @Test func linksAreFollowedWithLeaveAlone() async throws {
        try await Self.withBackup { backup, other in
            let links: [(String, String)] = [
                ("in", other.appending("in").string), ("dots", "\(other)/../other/in"), ("up", "\(other)/../backup"),
                ("relative", "../other"),
            ]
            for (name, target) in links {
                try #require(symlink(target, backup.appending("link-\(name)").string) == 0)
            }
            let strict = try OpenTree(at: backup)
            for (name, _) in links {
                #expect(throws: FileError.self) { _ = try strict.follow(FilePath("link-\(name)")) }
            }
            let tree = try OpenTree(at: backup, following: [other])
            for name in ["link-in", "link-dots"] {
                #expect(try Self.text("b", of: tree.follow(FilePath(name))) == "other in/b")
            }
            #expect(throws: FileError(path: backup.appending("link-up"), problem: .notFollowed(target: backup))) {
                _ = try tree.follow("link-up")
            }
            #expect(throws: FileError.self) { _ = try tree.follow("link-relative") }
        }
    }

    /// A link on the way to a backup is followed once; that of a third account, who could lead us anywhere, never.
    @Test func linksOnTheWay() async throws {
        try await Self.withBackup { backup, other in
            let link = FilePath("\(backup).latest")
            try #require(symlink("backup", link.string) == 0)
            let tree = try OpenTree(at: link)
            try #require(unlink(link.string) == 0 && symlink("other", link.string) == 0)
            #expect(try Self.text("a", of: tree) == "backup a")
            #expect(try Self.text("a", of: OpenTree(at: link)) == "other a")
            guard geteuid() == 0 else { return }
            try #require(lchown(link.string, 12345, 12345) == 0)
            #expect(throws: FileError(path: link, problem: .linkOfAnother(account: 12345))) {
                _ = try OpenTree(at: link)
            }
            try #require(lchown(other.string, 12345, 12345) == 0)
            #expect(try Self.text("a", of: OpenTree(at: link)) == "other a", "it leads to the account's own")
        }
    }
}
