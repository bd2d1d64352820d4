import Findings
import Postgres
import Rows
import SystemPackage

/// Writes and proves slices, several files at a time: each worker has a connection, and takes the next file that is to be
/// written. Whoever has written the last file of a slice keeps the slice.
actor SliceRun {
    private let request: ExportRequest
    private let store: any ExportStore
    private let workspace: ExportWorkspace
    private let source: ExportManifest.Source
    private let origin: String
    private let emit: ExportEventSink
    private let limit: RateLimit?

    /// The largest first, so that none of them is waited for at the end.
    private let parts: [(slice: Int, part: PlannedPart)]
    private var states: [SliceState]
    private let total: Int64
    private var done: Int64 = 0

    private struct SliceState {
        let planned: PlannedSlice
        var staged: FilePath?
        var open: Int
        var written: [(part: PlannedPart, contents: PartContents)] = []
        /// What is wrong with what came back; nothing more of the slice is written.
        var flaws: [String] = []
        var entry: JournalEntry?
        var finding: Finding?
    }

    /// What came of the slices.
    struct Outcome: Sendable {
        let entries: [JournalEntry]
        let findings: [Finding]
    }

    init(
        _ slices: [PlannedSlice], _ request: ExportRequest, store: any ExportStore, workspace: ExportWorkspace,
        source: ExportManifest.Source, origin: String, emit: @escaping ExportEventSink
    ) {
        self.request = request
        self.store = store
        self.workspace = workspace
        self.source = source
        self.origin = origin
        self.emit = emit
        limit = request.rate.map { RateLimit(bytesPerSecond: $0) }
        states = slices.map { SliceState(planned: $0, open: $0.parts.count) }
        parts = slices.enumerated().flatMap { index, slice in slice.parts.map { (index, $0) } }
            .sorted { $0.part.bytes > $1.part.bytes }
        total = parts.reduce(0) { $0 + $1.part.bytes }
    }

    /// - Throws: what kept a worker from its work; the others are stopped then. Slices that are kept stay.
    func perform(in snapshot: SourceSnapshot) async throws -> Outcome {
        defer { for state in states where state.staged != nil { workspace.unstage(state.planned.directory) } }
        _ = try await snapshot.share(parts) { [self] work, connection in
            try await self.work(work.slice, work.part, begin(work.slice, work.part), over: connection)
        }
        return Outcome(entries: states.compactMap(\.entry), findings: states.compactMap(\.finding))
    }

    /// - Returns: the file that the part goes to.
    private func begin(_ index: Int, _ part: PlannedPart) throws -> FilePath {
        let directory = try states[index].staged ?? workspace.stage(states[index].planned.directory)
        states[index].staged = directory
        emit(.item(states[index].planned.subject))
        return directory.appending(fileName(of: part))
    }

    private nonisolated func work(
        _ index: Int, _ part: PlannedPart, _ file: FilePath, over connection: Connection
    ) async throws {
        let slice = await planned(index)
        let written = try await writePart(part, of: slice, over: connection, request, limit: limit, to: file)
        var flaws: [String] = []
        if written.digest.rows == 0 {
            try workspace.remove(file)
        } else if store.staging != nil {
            // What lies on the store's own disk is proven before it is put in its place; a bucket's, when it is there.
            flaws = try await self.flaws(
                of: written, slice, DirectoryStore(file.removingLastComponent(), create: false), fileName(of: part))
        }
        if await self.took(index, part, written, flaws) { try await keep(index, over: connection) }
    }

    private func planned(_ index: Int) -> PlannedSlice { states[index].planned }

    /// - Returns: whether it was the last part of its slice.
    private func took(_ index: Int, _ part: PlannedPart, _ contents: PartContents, _ flaws: [String]) -> Bool {
        states[index].open -= 1
        states[index].flaws += flaws
        // A page range can turn out to have no rows of the slice; a file without rows says nothing.
        if contents.digest.rows > 0 { states[index].written.append((part, contents)) }
        done += part.bytes
        emit(.progress(doneBytes: done, totalBytes: total))
        return states[index].open == 0
    }

    /// What differs between what was written and what is read back.
    private nonisolated func flaws(
        of written: PartContents, _ slice: PlannedSlice, _ store: some ExportStore, _ file: String
    ) async throws -> [String] {
        do {
            let read = try await readPart(
                file, in: store, request.layout, slice.table.shape.columns, timeColumn: slice.table.request.timeColumn)
            return read.differences(from: written).map { "\(file): \($0)" }
        } catch let flaw as FlawedPart {
            return ["\(file): \(flaw)"]
        }
    }

    /// Puts a slice whose files are all written into its place, where they hold what the database counted.
    private nonisolated func keep(_ index: Int, over connection: Connection) async throws {
        let state = await state(index)
        let slice = state.planned
        let parts = state.written.sorted { $0.part.number < $1.part.number }.map { part, contents in
            ExportManifest.Part(file: "\(slice.directory)/\(fileName(of: part))", contents)
        }
        let contentSum = state.written.reduce(into: ContentSum()) { $0.add($1.contents.contentSum ?? ContentSum()) }
        var entry = JournalEntry(
            slice, parts, contentSum, source: source, origin: origin, isProven: store.staging != nil, request)
        var flaws = state.flaws + entry.slice.differences(from: try await count(slice, over: connection))
        // A partition can turn out to be empty.
        guard let staged = state.staged, !parts.isEmpty || !flaws.isEmpty else { return }
        if flaws.isEmpty {
            // First, so that a slice in its place is never one that nobody knows.
            try workspace.record(entry)
            try await store.add(slice: slice.directory, from: staged)
            if store.staging == nil {
                for (part, written) in state.written {
                    flaws += try await self.flaws(of: written, slice, store, "\(slice.directory)/\(fileName(of: part))")
                }
                if flaws.isEmpty {
                    entry.isProven = true
                    try workspace.record(entry)
                } else {
                    try await store.remove(slice: slice.directory)
                }
            }
        }
        if !flaws.isEmpty { try workspace.forget(slice.directory) }
        await settle(index, entry, flaws)
    }

    /// What the database counts of a slice, as far as it was not counted before.
    private nonisolated func count(_ slice: PlannedSlice, over connection: Connection) async throws -> RowCount {
        var sum = RowCount()
        for surveyed in slice.surveyed.leaves {
            if let count = surveyed.count {
                sum.add(count)
            } else {
                sum.add(
                    try await slice.questions.count(surveyed.leaf, over: connection, deadline: request.deadline))
            }
        }
        return sum
    }

    private func state(_ index: Int) -> SliceState { states[index] }

    private func settle(_ index: Int, _ entry: JournalEntry, _ flaws: [String]) {
        let digest = entry.slice.digest
        let finding = Finding(
            id: "export", subject: states[index].planned.subject, status: flaws.isEmpty ? .passed : .failed,
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

    private nonisolated func fileName(of part: PlannedPart) -> String {
        let number = String(part.number)
        let padded = String(repeating: "0", count: max(0, 5 - number.count)) + number
        return "part-\(padded)\(request.layout.fileSuffix).zst"
    }
}
