import Findings
import Postgres
import Rows
import SourceSnapshot
import Storage
import SystemPackage

/// Writes and proves slices, several files at a time: each worker has a connection and takes the next file to write.
/// The worker that writes the last file of a slice also keeps the slice.
actor SliceRun {
    private let request: ExportRequest
    private let store: any ExportStore
    private let workspace: ExportWorkspace
    private let source: ExportManifest.Source
    private let origin: String
    private let emit: ExportEventSink
    private let limit: RateLimit?
    private var room: ManifestRoom
    /// True once a slice had no room in the manifest: no other slice is read then.
    private var isFull = false

    /// The largest first, so that the workers do not wait for a large one at the end.
    private let parts: [(slice: Int, part: PlannedPart)]
    private var states: [SliceState]
    private let total: Int64
    private var done: Int64 = 0

    private struct SliceState {
        let planned: PlannedSlice
        var staged: FilePath?
        var open: Int
        var parts: [(part: PlannedPart, contents: PartContents)] = []
        /// What is wrong with the rows that were read back; if there is anything, no more files of the slice are
        /// written.
        var flaws: [String] = []
        var entry: JournalEntry?
        var finding: Finding?
    }

    /// The results for the slices.
    struct Outcome: Sendable {
        let entries: [JournalEntry]
        let findings: [Finding]
    }

    init(
        _ slices: [PlannedSlice], _ request: ExportRequest, store: any ExportStore, workspace: ExportWorkspace,
        source: ExportManifest.Source, origin: String, room: ManifestRoom, emit: @escaping ExportEventSink
    ) {
        self.request = request
        self.store = store
        self.workspace = workspace
        self.source = source
        self.origin = origin
        self.emit = emit
        self.room = room
        limit = request.rate.map { RateLimit(bytesPerSecond: $0) }
        states = slices.map { SliceState(planned: $0, open: $0.parts.count) }
        parts = slices.enumerated().flatMap { index, slice in slice.parts.map { (index, $0) } }
            .sorted { $0.part.bytes > $1.part.bytes }
        total = parts.reduce(0) { $0 + $1.part.bytes }
    }

    /// - Throws: the first error of a worker; the other workers are then stopped. Slices that were kept stay.
    func perform(in snapshot: SourceSnapshot) async throws -> Outcome {
        defer { for state in states where state.staged != nil { workspace.unstage(state.planned.directory) } }
        _ = try await snapshot.share(parts) { [self] work, connection in
            try await self.work(work.slice, work.part, begin(work.slice, work.part), over: connection)
        }
        return Outcome(entries: states.compactMap(\.entry), findings: states.compactMap(\.finding))
    }

    /// - Returns: the path of the file that the part is written to.
    private func begin(_ index: Int, _ part: PlannedPart) throws -> FilePath {
        let directory = try states[index].staged ?? workspace.stage(states[index].planned.directory)
        states[index].staged = directory
        emit(.item(states[index].planned.subject))
        return directory.appending(fileName(of: part))
    }

    private nonisolated func work(
        _ index: Int, _ part: PlannedPart, _ file: FilePath, over connection: Connection
    ) async throws {
        guard await !isFull else {
            await leaveOut(index, part)
            return
        }
        let slice = await planned(index)
        var contents = try await writePart(part, of: slice, over: connection, request, limit: limit, to: file)
        var flaws: [String] = []
        if contents.digest.rows == 0 {
            try workspace.remove(file)
        } else if store.staging != nil {
            // A directory store proves the files before they are moved into place; a bucket proves them after the
            // upload.
            flaws = try await prove(
                &contents, of: slice, in: DirectoryStore(file.removingLastComponent(), create: false),
                fileName(of: part))
        }
        if await self.took(index, part, contents, flaws) { try await keep(index) }
    }

    /// Passes over a file for which the manifest has no room.
    private func leaveOut(_ index: Int, _ part: PlannedPart) {
        states[index].open -= 1
        done += part.bytes
        emit(.progress(doneBytes: done, totalBytes: total))
        if states[index].open == 0 { settleWithoutRoom(index) }
    }

    private func planned(_ index: Int) -> PlannedSlice { states[index].planned }

    /// - Returns: whether it was the last part of its slice.
    private func took(_ index: Int, _ part: PlannedPart, _ contents: PartContents, _ flaws: [String]) -> Bool {
        states[index].open -= 1
        states[index].flaws += flaws
        // A page range can turn out to have no rows of the slice; then its file, which holds no rows, is left out.
        if contents.digest.rows > 0 { states[index].parts.append((part, contents)) }
        done += part.bytes
        emit(.progress(doneBytes: done, totalBytes: total))
        return states[index].open == 0
    }

    /// Reads a file back, and replaces `contents` (what was written) by what was read, including the SHA-256.
    /// - Returns: what differs between the two.
    private nonisolated func prove(
        _ contents: inout PartContents, of slice: PlannedSlice, in store: some ExportStore, _ file: String
    ) async throws -> [String] {
        do {
            var read = try await readPart(file, in: store, slice.form(request.layout), contents)
            let differences = read.differences(from: contents)
            read.contentSum = contents.contentSum
            contents = read
            return differences.map { "\(file): \($0)" }
        } catch let flaw as FlawedPart {
            return ["\(file): \(flaw)"]
        }
    }

    /// Called when all files of a slice are written. Moves the slice to its place if they hold what the database
    /// counted.
    private nonisolated func keep(_ index: Int) async throws {
        let state = await state(index)
        let slice = state.planned
        var parts = state.parts.sorted { $0.part.number < $1.part.number }
        var entry = entry(of: slice, parts, isProven: store.staging != nil)
        // A partition that was not counted is not compared here: the server said how many rows it sent.
        var flaws = state.flaws + (slice.surveyed.count.map { entry.slice.differences(from: $0) } ?? [])
        // A partition can turn out to be empty.
        guard let staged = state.staged, !parts.isEmpty || !flaws.isEmpty else { return }
        if await isFull { return await settleWithoutRoom(index) }
        if flaws.isEmpty {
            // Of a bucket, what the manifest says of the row groups is known only when they are read back.
            if store.staging != nil, try await !takeRoom(for: entry) { return await settleWithoutRoom(index) }
            // The journal first, so that every slice in its place is known.
            try workspace.record(entry)
            try await store.add(slice: slice.directory, from: staged)
            if store.staging == nil {
                for index in parts.indices {
                    flaws += try await prove(
                        &parts[index].contents, of: slice, in: store,
                        "\(slice.directory)/\(fileName(of: parts[index].part))")
                }
                if flaws.isEmpty {
                    entry = self.entry(of: slice, parts, isProven: true)
                    guard try await takeRoom(for: entry) else {
                        try await store.remove(slice: slice.directory)
                        try workspace.forget(slice.directory)
                        return await settleWithoutRoom(index)
                    }
                    try workspace.record(entry)
                } else {
                    try await store.remove(slice: slice.directory)
                }
            }
        }
        if !flaws.isEmpty { try workspace.forget(slice.directory) }
        await settle(index, entry, flaws)
    }

    private nonisolated func entry(
        of slice: PlannedSlice, _ parts: [(part: PlannedPart, contents: PartContents)], isProven: Bool
    ) -> JournalEntry {
        JournalEntry(
            slice,
            parts.map { part, contents in
                ExportManifest.Part(file: "\(slice.directory)/\(fileName(of: part))", contents)
            },
            parts.reduce(into: ContentSum()) { $0.add($1.contents.contentSum ?? ContentSum()) },
            source: source, origin: origin, isProven: isProven, request)
    }

    private func takeRoom(for entry: JournalEntry) throws -> Bool {
        if !isFull { isFull = try !room.take(entry) }
        return !isFull
    }

    private func settleWithoutRoom(_ index: Int) {
        let finding = Finding(
            id: .export, subject: states[index].planned.subject, status: .inconclusive, basis: .manifest,
            expected: "it is exported", observed: "no room in the manifest",
            reason:
                "the manifest of this place names as much as can be read again, and this slice was not exported: export the rest to another place, with larger row groups",
            cause: .environment)
        states[index].finding = finding
        emit(.finding(finding))
    }

    private func state(_ index: Int) -> SliceState { states[index] }

    private func settle(_ index: Int, _ entry: JournalEntry, _ flaws: [String]) {
        let digest = entry.slice.digest
        let finding = Finding(
            id: .export, subject: states[index].planned.subject, status: flaws.isEmpty ? .passed : .failed,
            basis: .manifest, expected: "\(digest)",
            observed: flaws.isEmpty ? "\(digest)" : flaws.joined(separator: "; "),
            reason: flaws.isEmpty
                ? nil
                : "what was read back is not what came from the database, so the slice was not kept: see to the storage, and "
                    + "export again",
            cause: flaws.isEmpty ? nil : .environment)
        states[index].finding = finding
        states[index].entry = flaws.isEmpty ? entry : nil
        emit(.finding(finding))
    }

    private nonisolated func fileName(of part: PlannedPart) -> String { partFileName(part.number, request.layout) }
}

/// The name of a slice's file in the slice's directory: `part-00000.csv.zst`.
func partFileName(_ number: Int, _ layout: ExportLayout) -> String {
    let number = String(number)
    let padded = String(repeating: "0", count: max(0, 5 - number.count)) + number
    return "part-\(padded)\(layout.fileSuffix)"
}
