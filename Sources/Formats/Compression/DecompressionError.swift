/// Why compressed bytes could not be decoded to their end.
package enum DecompressionError: Error, Equatable, Sendable {
    /// The stream contradicts its format, or a checksum in it does not match.
    case corrupt(CompressionAlgorithm, detail: String)
    /// The input ended in the middle of the stream.
    case truncated(CompressionAlgorithm)
    /// Bytes that belong to no member follow the end of the stream.
    ///
    /// `offset` is where they start, in bytes from the start of the compressed input.
    case trailingGarbage(CompressionAlgorithm, offset: Int64)
    /// The stream asks for a window of more than 128 MiB (2^27), the most that `pg_dump -Z zstd:long` uses.
    case windowTooLarge(CompressionAlgorithm)
    /// The decoder could not get the memory it needs.
    case outOfMemory(CompressionAlgorithm)

    package var algorithm: CompressionAlgorithm {
        switch self {
        case .corrupt(let algorithm, _), .truncated(let algorithm), .trailingGarbage(let algorithm, _),
            .windowTooLarge(let algorithm), .outOfMemory(let algorithm):
            algorithm
        }
    }
}

extension DecompressionError: CustomStringConvertible {
    package var description: String {
        let name = algorithm.rawValue
        return switch self {
        case .corrupt(_, let detail):
            "the \(name) data is damaged: \(detail)"
        case .truncated:
            "the \(name) data ends too early: what is missing was never written, or was cut off later"
        case .trailingGarbage(_, let offset):
            "bytes that are not \(name) follow the end of the \(name) data at offset \(offset)"
        case .windowTooLarge:
            "the \(name) data needs more than 128 MiB of memory to decode; "
                + (algorithm == .zstd
                    ? "compress it again without --long=28 or more" : "compress it again with xz -9 or less")
        case .outOfMemory:
            "there is not enough memory for a \(name) decoder; free some and try again"
        }
    }
}
