import Files
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Scratch

/// `pgassay clean` finds what a killed drill left, and touches nothing else.
@Suite struct SweepTests {
    /// What a drill leaves that is killed, as far as it can be seen from outside.
    private static func makeDrill(_ name: String, in parent: FilePath, lock: String?) throws -> FilePath {
        let path = parent.appending(name)
        for part in ["", "data", "socket"] {
            try #require(mkdir(path.pushing(FilePath(part)).string, 0o700) == 0)
        }
        try Data("rows".utf8).write(to: URL(filePath: path.appending("data/file").string))
        if let lock { try Data(lock.utf8).write(to: URL(filePath: path.appending("pgassay.lock").string)) }
        return path
    }

    private static let lock = #"{"tool":"pgassay","label":"x","processID":1,"created":700000000,"kept":false}"#

    private static func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }

    @Test func aKilledDrill() async throws {
        try await withTemporaryDirectory { parent in
            let path = try Self.makeDrill("pgassay-0badcafe", in: parent, lock: Self.lock)
            #expect(await Sweep().sweep(below: parent) == [Sweep.Entry(directory: path, outcome: .removed)])
            #expect(!Self.exists(path))
        }
    }

    /// An account that makes one could exchange what is in it while root removes it.
    @Test func whatAnotherAccountMade() async throws {
        guard geteuid() == 0 else { return }
        try await withTemporaryDirectory { parent in
            let path = try Self.makeDrill("pgassay-0badcafe", in: parent, lock: Self.lock)
            try #require(chown(path.string, 12345, 12345) == 0)
            let left = Sweep.Entry(directory: path, outcome: .ofAnother(account: "uid 12345"))
            #expect(await Sweep().sweep(below: parent) == [left])
            #expect(await Sweep().sweep(path, evenKept: true) == left)
            #expect(Self.exists(path.appending("data/file")))
            // A lock file of another account proves nothing either.
            try #require(chown(path.string, 0, 0) == 0)
            try #require(chown(path.appending("pgassay.lock").string, 12345, 12345) == 0)
            #expect(await Sweep().sweep(below: parent).isEmpty)
            #expect(Self.exists(path.appending("data/file")))
        }
    }

    /// A child process has copies of all descriptors until it runs its program. A lock belongs to all copies of its descriptor.
    @Test func aCopyOfTheLockHoldsNothing() async throws {
        try await withTemporaryDirectory { parent in
            let path = parent.appending("pgassay-0badcafe")
            try #require(mkdir(path.string, 0o700) == 0)
            var copies: [CInt] = []
            do {
                let lock = try ScratchLock(of: ScratchDirectory(path: path), owner: .init(label: "x"))
                let locked = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { descriptor in
                    let target = try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "/proc/self/fd/\(descriptor)")
                    return target?.hasPrefix(path.string) == true
                }
                copies = locked.compactMap { CInt($0) }.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
                #expect(copies.count == 2, "the directory and the file are locked")
                #expect(await Sweep().sweep(below: parent) == [Sweep.Entry(directory: path, outcome: .inUse)])
                withExtendedLifetime(lock) {}
            }
            defer { for copy in copies { close(copy) } }
            #expect(await Sweep().sweep(below: parent) == [Sweep.Entry(directory: path, outcome: .removed)])
        }
    }

    @Test func whatOthersMayWriteTo() async throws {
        try await withTemporaryDirectory { parent in
            let path = try Self.makeDrill("pgassay-0badcafe", in: parent, lock: Self.lock)
            try #require(chmod(path.string, 0o777) == 0)
            #expect(await Sweep().sweep(below: parent).isEmpty)
            let link = parent.appending("pgassay-0badf00d")
            try #require(symlink(path.string, link.string) == 0)
            #expect(await Sweep().sweep(link, evenKept: true) == nil)
            #expect(Self.exists(path.appending("data/file")))
        }
    }

    /// Without walls, a backup has the rights of the account, and can remove the lock file.
    @Test func aDrillWhoseLockIsGone() async throws {
        try await withTemporaryDirectory { parent in
            let path = try Self.makeDrill("pgassay-0badcafe", in: parent, lock: nil)
            #expect(await Sweep().sweep(below: parent) == [Sweep.Entry(directory: path, outcome: .withoutLock)])
            #expect(Self.exists(path))
            do {
                let running = try OpenDirectory(path)
                try #require(try running.lock())
                #expect(await Sweep().sweep(path, evenKept: true)?.outcome == .inUse)
                withExtendedLifetime(running.descriptor) {}
            }
            #expect(await Sweep().sweep(path, evenKept: true)?.outcome == .removed)
            #expect(!Self.exists(path))
        }
    }

    @Test func aRunningDrillIsInUseWithoutItsLockFile() async throws {
        try await TestServer.with { server in
            unlink(server.directory.lockFile.string)
            #expect(await Sweep().sweep(server.directory.path, evenKept: true)?.outcome == .inUse)
        }
    }

    /// A segment of shared memory that outlived its maker is removed; one that only a file claims is not.
    @Test func sharedMemory() async throws {
        try await withTemporaryDirectory { data in
            let made = try await Program("/usr/bin/ipcmk").run(["-M", "4096"], in: "/", environment: [:])
            let id = try #require(made.output.split(whereSeparator: \.isWhitespace).last.flatMap { Int32($0) })
            func line() throws -> [Substring]? {
                try String(contentsOfFile: "/proc/sysvipc/shm", encoding: .utf8).split(separator: "\n")
                    .map { $0.split(separator: " ") }.first { $0.count > 4 && $0[1] == "\(id)" }
            }
            let maker = try #require(try line()?[4])
            func remove(_ process: some CustomStringConvertible) throws -> [CleanupLog.Entry] {
                let text = "\(process)\n\(data)\n1\n5432\n/s\n\n  5432001 \(id)\nready\n"
                try Data(text.utf8).write(to: URL(filePath: data.appending("postmaster.pid").string))
                let cleanup = CleanupLog()
                SharedMemory.remove(leftBy: data, recordingIn: cleanup)
                return cleanup.entries
            }
            #expect(try remove("1").isEmpty)
            #expect(try line() != nil)
            #expect(
                try remove(maker) == [
                    CleanupLog.Entry(
                        what: "shared memory \(id) of process \(maker)", removed: true,
                        verified: "the kernel removed it")
                ])
            #expect(try line() == nil)
            #expect(SharedMemory(namedBy: "no\nsuch\nfile") == nil)
        }
    }
}
