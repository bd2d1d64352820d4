import Crypto
import Foundation

/// A hash of a Merkle tree: SHA-256, 32 bytes (RFC 6962, 2.1).
package struct TreeHash: Hashable, Sendable {
    /// Bytes of every hash.
    package static let size = 32

    package let bytes: [UInt8]

    /// - Returns: nil unless there are 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = Array(bytes)
    }

    private init(digest: SHA256.Digest) { bytes = Array(digest) }

    /// The root of a tree without entries.
    package static let empty = TreeHash(digest: SHA256.hash(data: [UInt8]()))

    /// The hash of an entry. The 0 before it keeps an entry from passing for a node.
    package static func leaf(_ entry: [UInt8]) -> TreeHash {
        var hash = SHA256()
        hash.update(data: [0])
        hash.update(data: entry)
        return TreeHash(digest: hash.finalize())
    }

    /// The hash of two subtrees beside each other.
    package static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        var hash = SHA256()
        hash.update(data: [1])
        hash.update(data: left.bytes)
        hash.update(data: right.bytes)
        return TreeHash(digest: hash.finalize())
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
