import Findings
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Base backups that are drilled where they lie, under an overlay file system; and as before where this machine allows none.
@Suite struct OverlayTests {
    private static let copying = ["PGASSAY_NO_OVERLAY": "1"]

    /// Nothing that tells of the copy or the machine's speed: what was found, and of what.
    private static func findings(_ drilled: Drilled) -> [String] {
        drilled.report.checks.map { finding in
            [
                finding.id.rawValue, finding.subject, finding.status.rawValue, finding.expected ?? "",
                finding.observed ?? "",
                finding.reason ?? "", finding.cause?.rawValue ?? "",
            ].joined(separator: " | ")
        }
    }

    @Test(arguments: [15, 17])
    func findsTheSameAsOnACopy(major: Int) async throws {
        try await withDesk { desk in
            try await withChain(major: major) { _, chain in
                let wal = ["--wal", chain.archive.string]
                let overlaid = try await desk.drill(chain.backup, wal)
                try await expectOverlay(overlaid, at: desk)
                let copied = try await desk.drill(chain.backup, wal, environment: Self.copying)
                #expect(copied.report.environment.files == "copy (no overlay: PGASSAY_NO_OVERLAY is set)")
                for drilled in [overlaid, copied] {
                    #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                    #expect(drilled.rows == ["public.t": 3003])
                }
                #expect(Self.findings(overlaid) == Self.findings(copied))
                #expect(overlaid.report.tables == copied.report.tables)
            }
        }
    }

    @Test func findsAFlippedByteAsOnACopy() async throws {
        try await withDesk { desk in
            try await withChain { cluster, chain in
                let file = chain.backup.appending(try await cluster.value("SELECT pg_relation_filepath('t')")).string
                var bytes = try #require(FileManager.default.contents(atPath: file))
                bytes[5 * 8192 + 4000] ^= 1
                // Written in place: the file keeps its owner.
                let handle = try FileHandle(forWritingTo: URL(filePath: file))
                try handle.write(contentsOf: bytes)
                try handle.close()
                let overlaid = try await desk.drill(chain.backup)
                try await expectOverlay(overlaid, at: desk)
                let copied = try await desk.drill(chain.backup, environment: Self.copying)
                #expect(overlaid.exitCode == 1)
                #expect(overlaid.complaints.contains("block 5"), "\(overlaid.complaints)")
                #expect(Self.findings(overlaid) == Self.findings(copied))
            }
        }
    }

    /// What would make another server of it, keep its log for ever or keep it from starting; what other accounts own, and what
    /// may not even be read.
    @Test func hidesWhatIsNotCopied() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let files = FileManager.default
                func write(_ name: String, _ text: String) throws {
                    try Data(text.utf8).write(to: URL(filePath: chain.backup.appending(name).string))
                }
                for name in ["standby.signal", "recovery.signal", "tablespace_map"] { try write(name, "") }
                for name in ["postgresql.conf", "postgresql.auto.conf", "pg_hba.conf", "pg_ident.conf"] {
                    try write(name, "no setting at all\n")
                }
                try write("postmaster.pid", "1\n/nowhere\n")
                for name in ["pg_replslot/slot", "log"] {
                    try files.createDirectory(
                        atPath: chain.backup.appending(name).string, withIntermediateDirectories: true)
                }
                try write("pg_replslot/slot/state", "no slot at all")
                try write("log/server.log", "started\n")
                if geteuid() == 0 {
                    for (index, name) in (files.subpaths(atPath: chain.backup.string) ?? []).sorted().enumerated() {
                        let path = chain.backup.appending(name).string
                        try #require(lchown(path, uid_t(index % 3), 0) == 0)
                        var status = stat()
                        try #require(lstat(path, &status) == 0)
                        if status.st_mode & S_IFMT == S_IFREG { try #require(chmod(path, 0o400) == 0) }
                    }
                }
                let drilled = try await desk.drill(chain.backup)
                try await expectOverlay(drilled, at: desk)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.rows == ["public.t": 3000])
            }
        }
    }

    @Test func leavesTheBackupUntouched() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let before = (try FileStates(of: chain.backup), try contents(of: chain.backup))
                let drilled = try await desk.drill(
                    try desk.plan(
                        chain.backup,
                        """
                        recovery: { wal: '\(chain.archive)' }
                        checks: { sql: { all: { query: SELECT count(*) FROM t, equals: 3003 } } }
                        """))
                try await expectOverlay(drilled, at: desk)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(try FileStates(of: chain.backup) == before.0)
                #expect(try contents(of: chain.backup) == before.1)
            }
        }
    }

    private func contents(of directory: FilePath) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory.string) {
            contents[name] = FileManager.default.contents(atPath: directory.appending(name).string)
        }
        return contents
    }

    /// The mount goes with the server, and nobody outside ever had it.
    @Test(arguments: [SIGINT, SIGKILL])
    func leavesNothingMounted(_ signal: Int32) async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let before = try FileStates(of: chain.backup)
                let plan = try desk.plan(
                    chain.backup, "checks: { sql: { slow: { query: SELECT count(*) FROM pg_sleep(3600), equals: 1 } } }"
                )
                let drill = try desk.start(desk.drilling(plan))
                try await eventually("the check asks", state: { drill.errorsSoFar }) {
                    processes(using: desk.scratch).contains { $0.contains("] FETCH") }
                }
                if try await desk.allowsOverlay {
                    let scratch = desk.scratch.appending(try #require(try desk.names(in: desk.scratch).first))
                    #expect(mounts.contains { $0.contains("\(scratch)/data") }, "the server has it")
                    #expect(!mounts(of: "self").contains("\(scratch)/data"), "we have it too")
                }
                drill.send(signal)
                let outcome = try await drill.outcome()
                if signal == SIGINT {
                    #expect(outcome.exitCode == 130, "\(outcome.errors)")
                    #expect(try desk.onlyReport().cleanup.allSatisfy(\.removed))
                } else {
                    let left = try desk.names(in: desk.scratch)
                    let clean = try await desk.pgassay(["clean"])
                    #expect(clean.output == left.map { "removed  \(desk.scratch.appending($0))\n" }.joined())
                }
                #expect(try desk.names(in: desk.scratch) == [])
                try await eventually("nothing is mounted any more") {
                    !mounts.contains { $0.contains("\(desk.scratch)/") }
                }
                #expect(try FileStates(of: chain.backup) == before)
            }
        }
    }

    /// Of every process that we may look at.
    private var mounts: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int32($0) != nil }
            .map(mounts(of:))
    }

    private func mounts(of process: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "/proc/\(process)/mountinfo") ?? Data(), as: UTF8.self)
    }

    /// What is kept is started again as a server like any other, which must find its files.
    @Test func whatIsKeptIsCopied() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let drilled = try await desk.drill(chain.backup, ["--keep-scratch"])
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
                #expect(drilled.report.environment.files == "copy")
                let kept = desk.scratch.appending(try #require(try desk.names(in: desk.scratch).first))
                #expect(FileManager.default.fileExists(atPath: kept.appending("data/PG_VERSION").string))
                let clean = try await desk.pgassay(["clean", kept.string])
                #expect(clean.output == "removed  \(kept)\n")
            }
        }
    }

    /// As in a container that may mount nothing.
    @Test func whereNothingMayBeMountedFilesAreCopied() async throws {
        try await withDesk { desk in
            try await withChain { _, chain in
                let pgassay = try Program.ofThisPackage("pgassay").executable
                let limits = geteuid() == 0 ? ["--bounding-set=-sys_admin", "--inh-caps=-sys_admin"] : []
                let outcome = try await Program("/usr/bin/setpriv").run(
                    limits + [pgassay.string] + desk.drilling(chain.backup), in: desk.root,
                    environment: desk.environment())
                #expect(outcome.exitCode == 0, "\(outcome.errors)")
                let files = try #require(try desk.onlyReport().environment.files)
                #expect(files.hasPrefix("copy (no overlay: "), "\(files)")
            }
        }
    }

    /// By an oracle: what the tools of util-linux can mount, pgassay must.
    private func expectOverlay(
        _ drilled: Drilled, at desk: Desk, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let files = drilled.report.environment.files
        if try await desk.allowsOverlay {
            #expect(files == "overlay", sourceLocation: sourceLocation)
        } else {
            #expect(files?.hasPrefix("copy (no overlay: ") == true, "\(files ?? "")", sourceLocation: sourceLocation)
        }
    }
}

extension Desk {
    fileprivate var allowsOverlay: Bool {
        get async throws {
            guard geteuid() == 0 else { return false }
            let trial = try await Program("/usr/bin/unshare").run(
                [
                    "--mount", "/bin/sh", "-c",
                    "mkdir -p o/lower o/upper o/work && cd o && mount -t overlay overlay "
                        + "-o lowerdir=lower,upperdir=upper,workdir=work,metacopy=on,volatile upper",
                ], in: root, environment: environment())
            try? FileManager.default.removeItem(atPath: root.appending("o").string)
            return trial.exitCode == 0
        }
    }
}
