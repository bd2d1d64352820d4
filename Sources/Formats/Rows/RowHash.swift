import CXXHash

/// The hash of bytes that come in pieces: XXH3-128, as ``TableDigest`` takes it of a row. Memory use is constant.
package final class RowHash {
    private let state: UnsafeMutableRawPointer
    private var count: Int64 = 0

    package struct Value: Sendable, Hashable {
        package let low: UInt64
        package let high: UInt64
        /// How many bytes were hashed.
        package let count: Int64
    }

    package init() {
        guard let state = pgassay_xxh3_new() else { preconditionFailure("no memory for 576 bytes") }
        self.state = state
    }

    deinit { pgassay_xxh3_free(state) }

    /// Forgets what it was given, for another row.
    package func reset() {
        pgassay_xxh3_reset(state)
        count = 0
    }

    package func add(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        pgassay_xxh3_add(state, start, bytes.count)
        count += Int64(bytes.count)
    }

    package var value: Value {
        var (low, high): (UInt64, UInt64) = (0, 0)
        pgassay_xxh3_value(state, &low, &high)
        return Value(low: low, high: high, count: count)
    }
}
