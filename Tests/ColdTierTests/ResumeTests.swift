import ColdTier
import Evidence
import Findings
import Foundation
import Glibc
import Postgres
import Storage
import SystemPackage
import TestSupport
import Testing

/// Exports that end early, and those that go on where they ended.
@Suite struct ResumeTests {
    /// Inode and modification time of each file: whether it was written again.
    private func states(_ desk: ColdDesk) throws -> [String: [Int]] {
        Dictionary(
            uniqueKeysWithValues: try desk.files.map { name in
                var status = stat()
                try #require(stat(desk.output.appending(name).string, &status) == 0)
                return (name, [Int(status.st_ino), status.st_mtim.tv_sec, status.st_mtim.tv_nsec])
            })
    }

    /// An export that comes to its end but for the manifest: the journal has all of its slices.
    private func writeWithoutManifest(_ desk: ColdDesk) async throws {
        _ = try await exportRows(
            desk.request([(name: "messages", column: "at")]), from: desk.server.target(database: "source")
        ) { _ in }
    }

    @Test(
        "What was finished before an interruption is not done again, and the export is whole in the end",
        arguments: [ExportLayout.csv, .parquet])
    func interrupted(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(messages) { desk in
            let request = desk.request([(name: "messages", column: "at")]) {
                $0.jobs = 1
                $0.layout = layout
            }
            let target = desk.server.target(database: "source")
            // Stops as soon as the first slice is kept.
            let task = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (kept, continuation) = AsyncStream.makeStream(of: Void.self)
                    group.addTask {
                        _ = try await exportRows(request, from: target) { event in
                            if case .finding = event {
                                continuation.yield()
                                // The worker goes on only when it has been seen.
                                usleep(200_000)
                            }
                        }
                    }
                    for await _ in kept { break }
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(desk.files.count == 1, "\(desk.files)")
            await #expect(throws: MissingManifest.self, "it is not the export yet") { try await desk.verify() }
            let before = try states(desk)
            let exported = try await desk.export((name: "messages", column: "at")) { $0.layout = layout }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            #expect(exported.manifest.tables[0].slices.count == 3)
            let after = try states(desk)
            #expect(after.count == 3)
            for (name, state) in before { #expect(after[name] == state, "\(name) was written again") }
            #expect(try await desk.verify().judgement.verdict == .passed)
            let own = desk.output.appending(".pgassay-export").string
            #expect(!FileManager.default.fileExists(atPath: own), "nothing of the export's own is left")
        }
    }

    @Test("A slice that changed between an interruption and the next run is done again")
    func changedMeanwhile() async throws {
        try await ColdDesk.with(messages) { desk in
            try await writeWithoutManifest(desk)
            try await desk.execute("DELETE FROM messages WHERE at = '2023-10-05 06:00:00+00'")
            let exported = try await desk.export((name: "messages", column: "at"))
            #expect(exported.manifest.tables[0].slices.map(\.digest.rows) == [30, 30, 31])
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("A later export adds slices and leaves those that are there")
    func later() async throws {
        try await ColdDesk.with(messages) { desk in
            let first = try await desk.export((name: "messages", column: "at"), before: "2023-11-01")
            let before = try states(desk)
            let second = try await desk.export((name: "messages", column: "at"), before: "2024-01-01")
            #expect(second.added == 2)
            #expect(second.manifest.id == first.manifest.id)
            #expect(second.manifest.tables[0].slices.map(\.name) == ["2023-10", "2023-11", "2023-12"])
            let after = try states(desk)
            for (name, state) in before { #expect(after[name] == state) }
            #expect(try await desk.verify().judgement.verdict == .passed)
            // What was purged stays in the manifest.
            try await desk.execute("DELETE FROM messages WHERE at < '2023-11-01'")
            let third = try await desk.export((name: "messages", column: "at"), before: "2024-01-01")
            #expect(third.judgement.verdict == .passed)
            #expect(third.manifest.tables[0].slices.count == 3)
        }
    }

    @Test("Rows that were written into a slice after it was exported are told, and nothing is overwritten")
    func lateRows() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try await desk.execute("INSERT INTO messages (text, at) VALUES ('late', '2023-10-20')")
            let again = try await desk.export((name: "messages", column: "at"))
            #expect(again.judgement == Judgement(verdict: .failed, cause: .backup))
            let finding = again.findings.first { $0.status == .failed }
            #expect(finding?.subject == "public.messages 2023-10")
            #expect(finding?.expected?.hasPrefix("31 rows") == true && finding?.observed?.hasPrefix("32 rows") == true)
            #expect(try await desk.verify().judgement.verdict == .passed, "what was exported is as it was")
        }
    }

    @Test("A journal that lags behind the manifest, after a crash, costs no slice")
    func staleJournal() async throws {
        try await ColdDesk.with(messages) { desk in
            let target = desk.server.target(database: "source")
            let draft = try await exportRows(desk.request([(name: "messages", column: "at")]), from: target) { _ in }
            let own = desk.output.appending(DirectoryStore.ownDirectory).string
            let copy = desk.root.appending("journal").string
            try FileManager.default.copyItem(atPath: own, toPath: copy)
            _ = try await publish(draft) { _ in }
            // As if it had died between the manifest and the removal of the journal; then the rows were purged.
            try FileManager.default.moveItem(atPath: copy, toPath: own)
            try await desk.execute("DELETE FROM messages WHERE at < '2024-01-01'")
            try await desk.export((name: "messages", column: "at"))
            #expect(desk.files.count == 3)
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("Slices that were finished and whose rows are gone since are kept: they may be all that there is")
    func rowsGoneMeanwhile() async throws {
        try await ColdDesk.with(messages) { desk in
            try await writeWithoutManifest(desk)
            try await desk.execute("DELETE FROM messages WHERE at < '2023-11-01'")
            let exported = try await desk.export((name: "messages", column: "at"))
            #expect(exported.judgement.verdict == .passed)
            #expect(exported.manifest.tables[0].slices.map(\.digest.rows) == [31, 30, 31])
            #expect(exported.findings.contains { $0.observed == "no such rows in the database any more" })
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("A finished slice that was damaged before the next run is done again; one that is published is told")
    func damagedMeanwhile() async throws {
        try await ColdDesk.with(messages) { desk in
            try await writeWithoutManifest(desk)
            let file = "messages/month=2023-11/part-00000.csv.zst"
            try desk.damage(file) { $0[$0.count / 2] ^= 1 }
            #expect(try await desk.export((name: "messages", column: "at")).judgement.verdict == .passed)
            #expect(try await desk.verify().judgement.verdict == .passed)
            try FileManager.default.removeItem(atPath: desk.output.appending(file).string)
            let again = try await desk.export((name: "messages", column: "at"))
            #expect(again.judgement == Judgement(verdict: .failed, cause: .backup))
            #expect(again.findings.first { $0.status == .failed }?.observed == "missing, or of another size")
        }
    }

    @Test("Rows of another database do not go into the same place")
    func otherDatabase() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"), before: "2023-11-01")
            try await desk.create("staging", messages)
            let error = await #expect(throws: ExportError.self) {
                try await exportRows(
                    desk.request([(name: "messages", column: "at")]), from: desk.server.target(database: "staging")
                ) { _ in }
            }
            #expect(error?.description.contains("of the database source there, of staging here") == true)
        }
    }

    @Test(
        "A table that changes its shape between exports: each slice is read as it was written, and the manifest says how",
        arguments: ExportLayout.allCases)
    func shapes(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(messages) { desk in
            func export(before: String) async throws -> ExportResult {
                try await desk.export((name: "messages", column: "at"), before: before) { $0.layout = layout }
            }
            _ = try await export(before: "2023-11-01")
            try await desk.execute(
                "ALTER TABLE messages ADD COLUMN sender text NOT NULL DEFAULT 'unknown'; UPDATE messages SET sender = 'ava' WHERE id > 60"
            )
            _ = try await export(before: "2023-12-01")
            try await desk.execute("ALTER TABLE messages DROP COLUMN text")
            let last = try await export(before: "2024-01-01")
            let table = last.manifest.tables[0]
            #expect(
                table.shapes.map { $0.columns.map(\.name) } == [
                    ["id", "text", "at"], ["id", "text", "at", "sender"], ["id", "at", "sender"],
                ])
            #expect(table.slices.map(\.shape) == [0, 1, 2])
            #expect(try await desk.verify().judgement.verdict == .passed)
            // What a slice does not have is NULL, in a table that has all of it.
            try await desk.create("target")
            try await desk.execute(
                "CREATE TABLE messages (sender text, id bigint, at timestamptz, text text)", in: "target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            #expect(
                try await desk.value(
                    "SELECT string_agg(concat_ws(' ', m, n, t, s), ', ' ORDER BY m) FROM (SELECT to_char(at AT TIME ZONE 'UTC', 'MM') AS m, count(*) AS n, count(text) AS t, count(sender) AS s FROM messages GROUP BY 1) x",
                    in: "target") == "10 31 31 0, 11 30 30 30, 12 31 0 31")
            try await desk.expectSame("SELECT id, at FROM messages WHERE at < '2024-01-01'", in: "target")
        }
    }

    @Test("A manifest that has no room for all slices names those that it has room for; the rest goes to another place")
    func fullManifest() async throws {
        try await ColdDesk.with(messages) { desk in
            let elsewhere = desk.root.appending("elsewhere").string
            try await desk.export((name: "messages", column: "at")) { $0.output = elsewhere }
            let size = try Data(contentsOf: URL(filePath: "\(elsewhere)/manifest.dsse.json")).count
            let limit = size / 10 * 9
            let exported = try await desk.export((name: "messages", column: "at")) {
                $0.manifestLimit = limit
                $0.jobs = 1
            }
            #expect(exported.judgement == Judgement(verdict: .inconclusive, cause: .environment))
            let slices = exported.manifest.tables[0].slices
            #expect((1...2).contains(slices.count))
            #expect(
                try Data(contentsOf: URL(filePath: desk.output.appending("manifest.dsse.json").string)).count <= limit)
            let left = exported.findings.filter { $0.status == .inconclusive }
            #expect(left.count == 3 - slices.count)
            #expect(left.allSatisfy { $0.observed == "no room in the manifest" })
            #expect(desk.files.count == slices.count && desk.staged.isEmpty)
            #expect(try await desk.verify().judgement.verdict == .passed)
            // Again, nothing is lost, and nothing is added.
            let again = try await desk.export((name: "messages", column: "at")) { $0.manifestLimit = limit }
            #expect(again.manifest.tables[0].slices == slices && again.added == 0)
            #expect(again.judgement.verdict == .inconclusive)
            // Where there is room, it goes on.
            #expect(try await desk.export((name: "messages", column: "at")).added == left.count)
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("Two exports at once: the second is told who is there, and the first goes on")
    func twoAtOnce() async throws {
        try await ColdDesk.with(messages) { desk in
            let request = desk.request([(name: "messages", column: "at")])
            let first = try await exportRows(request, from: desk.server.target(database: "source")) { _ in }
            let refused = await #expect(throws: ExportError.self) {
                try await exportRows(request, from: desk.server.target(database: "source")) { _ in }
            }
            #expect(refused == .inUse(desk.output.appending(".pgassay-export")))
            #expect(refused?.isMistake == false)
            _ = try await publish(first) { _ in }
            #expect(try await desk.verify().judgement.verdict == .passed)
        }
    }

    @Test("A place that holds another export, or what nobody knows of")
    func otherExport() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"), before: "2023-11-01")
            func refused(_ change: (inout ExportRequest) -> Void) async -> String {
                let error = await #expect(throws: (any Error).self) {
                    try await desk.export((name: "messages", column: "at")) { change(&$0) }
                }
                return error.map { "\($0)" } ?? ""
            }
            #expect(await refused { $0.layout = .jsonl }.contains("layout csv there, jsonl here"))
            #expect(await refused { $0.slicing.by = .day }.contains("slices by month there, day here"))
            #expect(await refused { $0.slicing.timeZone = "Europe/Sofia" }.contains("time zone UTC there"))
            #expect(await refused { $0.signer = nil }.contains("it is signed, and this one would not be"))
            #expect(await refused { $0.signer = SigningKey.generate() }.contains("is signed by key"))
            let stranger = desk.output.appending("messages/month=2023-11")
            try FileManager.default.createDirectory(atPath: stranger.string, withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: stranger.appending("part-00000.csv.zst").string))
            #expect(await refused { _ in }.contains("has messages/month=2023-11 already"))
            let note = desk.output.appending("notes.txt")
            try Data().write(to: URL(filePath: note.string))
            #expect(await refused { _ in }.contains("notes.txt is there, and of no export"))
            try FileManager.default.removeItem(atPath: note.string)
            let workspace = desk.output.appending(DirectoryStore.ownDirectory).string
            #expect(!FileManager.default.fileExists(atPath: workspace), "whoever finished nothing leaves nothing")
            #expect(desk.files.count == 2, "nothing was lost, nothing was added: \(desk.files)")
        }
    }

    @Test("A disk that fills up ends the export, and nothing half-written is left")
    func fullDisk() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE noise (id int, at timestamptz, data text);
            INSERT INTO noise SELECT i, timestamptz '2023-01-01' + i * interval '1 minute',
                (SELECT string_agg(md5((i * j)::text), '') FROM generate_series(1, 40) j) FROM generate_series(1, 9000) i;
            """
        ) { desk in
            try await withSmallDisk(at: desk.output, of: 2 << 20) { disk in
                let error = await #expect(throws: StoreError.self) {
                    try await desk.export((name: "noise", column: "at"))
                }
                guard case .full = error else {
                    Issue.record("\(String(describing: error))")
                    throw CancellationError()
                }
                #expect(desk.files.isEmpty && desk.staged.isEmpty, "\(desk.files) \(desk.staged)")
                try disk.resize(to: 64 << 20)
                #expect(try await desk.export((name: "noise", column: "at")).judgement.verdict == .passed)
            }
        }
    }
}
