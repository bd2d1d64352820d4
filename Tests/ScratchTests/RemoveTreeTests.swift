import Files
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Removing reaches nothing outside, and leaves nothing inside.
@Suite struct RemoveTreeTests {
    private static func makeDirectory(_ path: FilePath, mode: mode_t = 0o700) throws {
        try #require(mkdir(path.string, 0o700) == 0 && chmod(path.string, mode) == 0)
    }

    private static func exists(_ path: FilePath) -> Bool {
        var status = stat()
        return lstat(path.string, &status) == 0
    }

    @Test func linksAreRemovedAndNotFollowed() async throws {
        try await withTemporaryDirectory { root in
            let (tree, outside) = (root.appending("tree"), root.appending("outside"))
            try Self.makeDirectory(tree)
            try Self.makeDirectory(outside)
            try Data("x".utf8).write(to: URL(filePath: outside.appending("file").string))
            for (name, target) in [("to-directory", outside.string), ("to-file", "\(outside)/file"), ("up", "..")] {
                try #require(symlink(target, tree.appending(name).string) == 0)
            }
            try #require(mkfifo(tree.appending("pipe").string, 0o600) == 0)
            try Files.removeTree(tree)
            #expect(!Self.exists(tree))
            #expect(Self.exists(outside.appending("file")))
            // A link itself.
            try #require(symlink(outside.string, tree.string) == 0)
            try Files.removeTree(tree)
            #expect(!Self.exists(tree) && Self.exists(outside.appending("file")))
            // What is not there.
            try Files.removeTree(tree)
        }
    }

    /// Whoever owns a directory exchanges it for a link when it has just been looked at.
    @Test func aDirectoryThatIsExchangedForALink() async throws {
        try await withTemporaryDirectory { root in
            let (tree, outside) = (root.appending("tree"), root.appending("outside"))
            for path in [tree, tree.appending("inside"), outside] {
                try Self.makeDirectory(path)
                try Data("x".utf8).write(to: URL(filePath: path.appending("file").string))
            }
            var exchanges = 0
            try OpenDirectory(root).removeTree("tree") { name in
                guard String(cString: name) == "inside", exchanges == 0 else { return }
                exchanges += 1
                rename(tree.appending("inside").string, root.appending("away").string)
                symlink(outside.string, tree.appending("inside").string)
            }
            #expect(exchanges == 1)
            #expect(!Self.exists(tree))
            #expect(Self.exists(outside.appending("file")) && Self.exists(root.appending("away/file")))
        }
    }

    /// No path is as long.
    @Test func deeperThanAnyPath() async throws {
        try await withTemporaryDirectory { root in
            let tree = root.appending("tree")
            try Self.makeDirectory(tree)
            let name = String(repeating: "d", count: 200)
            var place = open(tree.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            for _ in 0..<100 {
                try #require(mkdirat(place, name, 0o700) == 0)
                close(openat(place, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600))
                let next = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                try #require(next >= 0)
                close(place)
                place = next
            }
            close(place)
            try Files.removeTree(tree)
            #expect(!Self.exists(tree))
        }
    }

    @Test func directoriesWithoutRights() async throws {
        try await withTemporaryDirectory { root in
            let tree = root.appending("tree")
            try Self.makeDirectory(tree)
            try Self.makeDirectory(tree.appending("closed"))
            try Data("x".utf8).write(to: URL(filePath: tree.appending("closed/file").string))
            try #require(chmod(tree.appending("closed").string, 0) == 0 && chmod(tree.string, 0o500) == 0)
            try Files.removeTree(tree)
            #expect(!Self.exists(tree))
        }
    }

    /// As root, what is in a directory is removed as its owner: where another account's directory lies in the tree, root's rights are
    /// not used in it.
    @Test func asTheOwnerOfEachDirectory() async throws {
        guard geteuid() == 0 else { return }
        try await withTemporaryDirectory { root in
            let tree = root.appending("tree")
            try Self.makeDirectory(tree)
            for (name, owner) in [("of-one", uid_t(12345)), ("of-one/of-another", 12346), ("of-root", 0)] {
                let place = tree.appending(name)
                try Self.makeDirectory(place)
                try Data("x".utf8).write(to: URL(filePath: place.appending("file").string))
                try #require(chown(place.appending("file").string, owner, owner) == 0)
            }
            for (name, owner) in [("of-one/of-another", uid_t(12346)), ("of-one", 12345)] {
                try #require(chown(tree.appending(name).string, owner, owner) == 0)
            }
            try Files.removeTree(tree)
            #expect(!Self.exists(tree))
            // This thread is root again.
            try Data("x".utf8).write(to: URL(filePath: tree.string))
            var status = stat()
            #expect(lstat(tree.string, &status) == 0 && status.st_uid == 0)
        }
    }
}
