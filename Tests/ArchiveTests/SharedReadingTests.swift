import Dispatch
import Synchronization
import Testing
import Values

@testable import Archive

@Suite(.keepsItsThread) struct SharedReadingTests {
    private struct Broken: Error, Equatable { let part: Int }

    @Test("Each part is read once, and all bytes are told")
    func whole() throws {
        let sizes = (0..<100).map { Int64($0 * 7919 % 100) }
        let read = Mutex<[Int]>([])
        var told: [Int64] = []
        try SharedReading.run(sizes) {
            told.append($0)
        } _: { reading in
            while let part = reading.nextPart() {
                read.withLock { $0.append(part) }
                try reading.add(sizes[part])
            }
        }
        #expect(read.withLock { $0.sorted() } == Array(0..<100))
        #expect(told == told.sorted() && told.last == sizes.reduce(0, +))
        try SharedReading.run([]) { _ in
        } _: { _ in
            Issue.record("there is nothing to read")
        }
    }

    @Test("Who fails ends the others, and what it threw is thrown when all have ended")
    func failure() {
        let ended = Atomic(0)
        let begun = Atomic(0)
        #expect(throws: Broken(part: 0)) {
            try SharedReading.run([3, 2, 1]) { _ in
            } _: { reading in
                begun.add(1, ordering: .relaxed)
                defer { ended.add(1, ordering: .relaxed) }
                while let part = reading.nextPart() {
                    if part == 0 { throw Broken(part: 0) }
                    // Ends only because another fails.
                    while true { try reading.add(1) }
                }
            }
        }
        let (all, over) = (begun.load(ordering: .relaxed), ended.load(ordering: .relaxed))
        #expect(all == over)
    }

    @Test("What the progress throws ends all threads")
    func stopping() {
        let running = Atomic(0)
        #expect(throws: CancellationError.self) {
            try SharedReading.run([3, 2, 1]) {
                if $0 > 1000 { throw CancellationError() }
            } _: { reading in
                running.add(1, ordering: .relaxed)
                defer { running.subtract(1, ordering: .relaxed) }
                while reading.nextPart() != nil {
                    while true { try reading.add(1) }
                }
            }
        }
        let left = running.load(ordering: .relaxed)
        #expect(left == 0)
    }

    @Test(
        "Only an entry larger than all others has its rows looked at beside",
        arguments: [([5, 3, 2], false), ([6, 3, 2], true)] as [([Int64], Bool)])
    func dominance(_ sizes: [Int64], _ isBeside: Bool) throws {
        let beside = Mutex<[Int]>([])
        try SharedReading.run(sizes) { _ in
        } _: { reading in
            while let part = reading.nextPart() {
                if reading.rowsThread(of: part) != nil { beside.withLock { $0.append(part) } }
            }
        }
        #expect(beside.withLock { $0 } == (isBeside ? [0] : []))
    }

    @Test("Flaws are in the order of their places, and the first are kept")
    func flaws() {
        var flaws = DumpFlaws()
        for place in (0..<500).reversed() {
            flaws.place = place
            flaws.add("\(place)", "a")
            flaws.add("\(place)", "b")
        }
        flaws.place = .max
        flaws.add("the end", "c")
        let all = flaws.all
        #expect(all.prefix(3).map(\.description) == ["0: a", "0: b", "1: a"])
        #expect(all.count == 201 && all.last?.problem == "801 more flaws are not listed")
    }

    @Test("Rows of many MiB are held one at a time")
    func longRows() throws {
        let longRows = LongRows()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 9 << 20)
        let columns = [InspectedColumn(name: "a", type: .text(limit: nil))]
        func data() -> CopyData {
            CopyData(
                CopyTarget(parsing: "COPY t (a) FROM stdin;")!, timeColumns: [], encoding: .utf8,
                inspector: RowInspector(columns), longRows: longRows)
        }
        @Sendable func begin(_ data: CopyData) { for _ in 0..<2 { piece.withUnsafeBytes { data.take($0) } } }
        let first = data()
        begin(first)
        let isHeld = Atomic(false)
        let ended = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let second = data()
        DispatchQueue(label: "second").async {
            begin(second)
            isHeld.store(true, ordering: .sequentiallyConsistent)
            ended.signal()
        }
        let isHeldTooSoon = isHeld.load(ordering: .sequentiallyConsistent)
        #expect(!isHeldTooSoon)
        Array("\n\\.\n\n\n".utf8).withUnsafeBytes { first.take($0) }
        ended.wait()
        #expect(first.finish() == nil && first.digest.rows == 1 && first.digest.bytes == (18 << 20) + 1)
        #expect(second.finish() == "its data was cut off within row 1")
    }
}
