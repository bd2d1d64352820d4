import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What is no backup at all: a clear message, the right exit code, nothing left.
@Suite struct BadInputTests {
    @Test func nothingThere() async throws {
        try await withDesk { desk in
            for path in ["/nowhere/avaolo.dump", "/nowhere/*.dump"] {
                let outcome = try await desk.pgassay(desk.drilling(FilePath(path)))
                #expect(outcome.exitCode == 2)
                #expect(outcome.errors.contains("There is no backup at \(path)"))
                #expect(outcome.output == "")
                #expect(try desk.names(in: desk.reports) == [], "no drill, no report")
            }
        }
    }

    @Test func aLinkThatLeadsNowhere() async throws {
        try await withDesk { desk in
            let link = desk.root.appending("newest.dump").string
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nowhere/avaolo.dump")
            let outcome = try await desk.pgassay(desk.drilling(FilePath(link)))
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains("There is no backup at \(link)"))
        }
    }

    /// To read a pipe that nobody writes to would take for ever, and so would a device without an end.
    @Test(arguments: ["pipe", "/dev/zero"])
    func whatHasNoEnd(_ name: String) async throws {
        try await withDesk { desk in
            let path = name == "pipe" ? desk.root.appending(name) : FilePath(name)
            if name == "pipe" { try #require(mkfifo(path.string, 0o666) == 0) }
            let drilled = try await desk.drill(path)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.cause == .backup)
            #expect(drilled.complaints.contains("looks like a pipe, socket or device"))
            #expect(!drilled.outcome.timedOut)
        }
    }

    @Test(arguments: ["toc.dat", "data"])
    func aPipeInADirectoryDump(_ name: String) async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.directory").string, toPath: dump.string)
            let data = try #require(try desk.names(in: dump).first { $0.hasSuffix(".dat.gz") })
            let file = dump.appending(name == "data" ? data : name)
            try FileManager.default.removeItem(atPath: file.string)
            try #require(mkfifo(file.string, 0o666) == 0)
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.cause == .backup)
            #expect(!drilled.outcome.timedOut)
        }
    }

    /// A link would be read with the drill's rights, wherever it leads, and the digest would not hold it.
    @Test func aLinkInADirectoryDump() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.directory").string, toPath: dump.string)
            let name = try #require(try desk.names(in: dump).first { $0.hasSuffix(".dat.gz") })
            let elsewhere = desk.root.appending("elsewhere").string
            try FileManager.default.moveItem(atPath: dump.appending(name).string, toPath: elsewhere)
            try FileManager.default.createSymbolicLink(
                atPath: dump.appending(name).string, withDestinationPath: elsewhere)
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.cause == .backup)
            let finding = drilled.findings("archive").first { $0.subject == name }
            #expect(finding?.status == .failed, "\(drilled.complaints)")
            #expect(finding?.observed == "a symbolic link")
        }
    }

    static let notBackups: [(name: String, bytes: [UInt8], words: String)] = [
        ("empty", [], "is empty"),
        ("picture", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 0, count: 900), "looks like"),
        ("letter", Array("Dear friend,\nall is well.\n".utf8), "looks like"),
        ("script", Array("CREATE TABLE t (id int);\n".utf8), "looks like"),
        ("page", Array("<!DOCTYPE html><html><body>404 Not Found</body></html>".utf8), "looks like"),
        ("nulls", Array(repeating: 0, count: 4096), "looks like"),
        ("magic", Array("PGDMP".utf8), "ends at byte"),
        ("noise", (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) }, "looks like"),
    ]

    @Test(arguments: notBackups.indices)
    func notABackup(_ index: Int) async throws {
        let (name, bytes, words) = Self.notBackups[index]
        try await withDesk { desk in
            let drilled = try await desk.drill(try desk.file(name, bytes))
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.verdict == .failed)
            #expect(drilled.report.cause == .backup)
            #expect(drilled.complaints.contains(words))
            #expect(drilled.findings("archive").contains { $0.status == .failed })
            #expect(drilled.report.environment.account == "none: no server was started")
        }
    }

    @Test(arguments: [false, true])
    func aDirectoryWithoutContents(_ hasData: Bool) async throws {
        try await withDesk { desk in
            let directory = desk.root.appending("dump")
            if hasData {
                try FileManager.default.copyItem(
                    atPath: try await Dumps.named("orchard.directory").string, toPath: directory.string)
                try FileManager.default.removeItem(atPath: directory.appending("toc.dat").string)
            } else {
                try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
            }
            let drilled = try await desk.drill(directory)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.verdict == .failed)
            #expect(drilled.report.cause == .backup)
            #expect(drilled.complaints.contains("a directory without a toc.dat"))
        }
    }

    @Test func aDataFileThatIsMissing() async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("dump")
            try FileManager.default.copyItem(
                atPath: try await Dumps.named("orchard.directory").string, toPath: dump.string)
            let name = try #require(try desk.names(in: dump).first { $0.hasSuffix(".dat.gz") })
            try FileManager.default.removeItem(atPath: dump.appending(name).string)
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 1)
            #expect(drilled.report.cause == .backup)
            let finding = drilled.findings("archive").first { $0.status == .failed }
            #expect(finding?.subject.hasPrefix("public.") == true, "\(drilled.complaints)")
            #expect(finding?.observed?.contains("is missing") == true, "\(drilled.complaints)")
        }
    }

    @Test func aDumpOfAWholeClusterIsNoFaultOfItsOwn() async throws {
        try await withDesk { desk in
            let dump = try desk.file("all.sql", "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE a;\n")
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 3)
            #expect(drilled.complaints.contains("pg_dumpall"))
            #expect(drilled.report.cause == .environment)
        }
    }

    @Test(arguments: Cut.all + Cut.modern)
    func truncated(_ cut: Cut) async throws {
        try await withDesk { desk in
            let dump = desk.root.appending("cut")
            try FileManager.default.copyItem(atPath: try await Dumps.named(cut.dump).string, toPath: dump.string)
            try cut.make(in: dump)
            let drilled = try await desk.drill(dump)
            #expect(drilled.exitCode == 1, "\(drilled.complaints)")
            #expect(drilled.report.verdict == .failed)
            #expect(drilled.report.cause == .backup)
            #expect(drilled.complaints.contains(/cut off|ends|empty|too short|looks like/), "\(drilled.complaints)")
            #expect(drilled.outcome.output.hasPrefix("FAILED: the backup is bad. Do not rely on it."))
            #expect(!drilled.outcome.timedOut, "it must not wait for what will never come")
        }
    }

    /// What looks damaged because the backup job has not come to its end is not damaged.
    @Test func whatIsStillBeingWritten() async throws {
        try await withDesk { desk in
            let whole = try await Dumps.bytes("orchard.custom")
            let dump = try desk.file("dump", Array(whole.prefix(whole.count / 2)))
            let writer = try Program("/bin/sh").start(
                ["-c", "while :; do printf x; done >> dump"], in: desk.root, environment: desk.environment())
            let outcome = try await desk.pgassay(desk.drilling(dump))
            writer.send(SIGKILL)
            _ = try await writer.outcome()
            #expect(outcome.exitCode == 3, "\(outcome.output)")
            #expect(outcome.output.contains("changed during the drill"), "\(outcome.output)")
            #expect(!outcome.output.contains("use another one"), "\(outcome.output)")
        }
    }
}
