import Bytes
import Dispatch
import Rows

/// A row that is too long to be held.
final class LongRow {
    let hash = RowHash()
    private(set) var fields = 1
    private(set) var bytes = 0
    private var text: TextCheck
    private var isRight = true

    /// - Parameter text: checks a row from its beginning.
    init(_ text: TextCheck) { self.text = text }

    func add(_ bytes: UnsafeRawBufferPointer) {
        // Within a value, a tab is always escaped.
        fields += bytes.count { $0 == ASCII.tab }
        isRight = isRight && text.take(bytes) == nil
        hash.add(bytes)
        self.bytes += bytes.count
    }

    /// Whether it is text, call at its end.
    var isText: Bool { isRight && text.isAtEnd }
}

/// Rows of many MiB are held one at a time, also where several tables are read at the same time: so there is a bound for the memory.
final class LongRows: Sendable {
    /// Rows of fewer bytes are held at any time.
    static let shortest = 16 << 20
    private let free = DispatchSemaphore(value: 1)

    /// Waits until no other is held.
    func begin() { free.wait() }
    func end() { free.signal() }
}
