import Crypto
import Foundation

/// A hash of a Merkle tree: SHA-256, 32 bytes (RFC 6962, 2.1). It has no memory of its own: an audit holds millions of them.
package struct TreeHash: Hashable, Sendable, BitwiseCopyable {
    /// Bytes of every hash.
    package static let size = 32

    // Its bytes, in their order.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    package var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }

    /// - Returns: nil unless there are 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        self = Array(bytes).withUnsafeBytes { $0.loadUnaligned(as: Self.self) }
    }

    private init(_ hash: SHA256) { self = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: Self.self) } }

    /// The root of a tree without entries.
    package static let empty = TreeHash(SHA256())

    /// The hash of an entry. The 0 before it keeps an entry from passing for a node.
    package static func leaf(_ entry: [UInt8]) -> TreeHash {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        entry.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return TreeHash(hash)
    }

    /// The hash of two subtrees beside each other.
    package static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(1)) { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: left) { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: right) { hash.update(bufferPointer: $0) }
        return TreeHash(hash)
    }

    /// As notes and proofs have it.
    package var base64: String { Data(bytes).base64EncodedString() }

    /// - Returns: nil unless the text is the base64 of 32 bytes.
    package init?(base64: some StringProtocol) {
        guard let bytes = strictBase64(base64) else { return nil }
        self.init(bytes)
    }
}

/// - Returns: nil unless the text is exactly what the encoding of some bytes gives: standard alphabet, padded, no stray bits.
func strictBase64(_ text: some StringProtocol) -> [UInt8]? {
    guard let data = Data(base64Encoded: String(text)), data.base64EncodedString() == text else { return nil }
    return Array(data)
}
