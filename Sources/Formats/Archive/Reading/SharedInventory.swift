import Dispatch

/// An inventory that several threads add to, each what it has read.
final class SharedInventory: @unchecked Sendable {
    // Sendable: the inventory is reached only under the lock.
    private let lock = DispatchSemaphore(value: 1)
    private let make: () -> DataInventory
    private var inventory: DataInventory

    /// - Parameter make: makes an inventory that nothing was added to.
    init(_ make: @escaping () -> DataInventory) { (self.make, inventory) = (make, make()) }

    /// Does something with the inventory that no other thread does at the same time.
    /// - Parameter place: of what was read. Flaws are told in the order of their places, whichever is found first.
    func with<Result>(at place: Int = .max, _ body: (inout DataInventory) throws -> Result) rethrows -> Result {
        lock.wait()
        defer { lock.signal() }
        inventory.flaws.place = place
        return try body(&inventory)
    }

    /// Notes a flaw.
    func add(at place: Int = .max, _ subject: String, _ problem: String) {
        with(at: place) { $0.flaws.add(subject, problem) }
    }

    /// Forgets all that was added.
    func startOver() { with { $0 = make() } }

    /// Reads the data of an entry.
    /// - Parameters:
    ///   - file: that it is in; nil where all data is in one file.
    ///   - thread: looks at the data while this thread reads on; nil to look at it on this thread.
    ///   - body: gives the data to a sink; returns why it could not be read to its end, nil if it could.
    func read(
        _ entry: ArchiveEntry, in file: String? = nil, at place: Int = .max, beside thread: RowsThread? = nil,
        _ body: (any DataSink) throws -> String?
    ) rethrows {
        let sink = with { $0.sink(for: entry) }
        let problem = if let thread { try thread.beside(sink, body) } else { try body(sink) }
        let found = sink.finish()
        with(at: place) { $0.close(sink, of: entry, in: file, problem: problem ?? found) }
    }
}
