import CIsal
import Crypto
import Findings

/// How a backup manifest has the checksums of its files: what `pg_basebackup --manifest-checksums` names.
package enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    case none = "NONE"
    case crc32c = "CRC32C"
    case sha224 = "SHA224"
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"
}

/// A checksum of a file, taken while its bytes go by.
package struct FileChecksum: Sendable {
    private enum State {
        case none
        case crc32c(UInt32)
        case sha(any HashFunction)
    }

    private var state: State

    /// - Returns: nil for SHA-224, which nothing here computes.
    package init?(_ algorithm: ChecksumAlgorithm) {
        switch algorithm {
        case .none: state = .none
        case .crc32c: state = .crc32c(.max)
        case .sha224: return nil
        case .sha256: state = .sha(SHA256())
        case .sha384: state = .sha(SHA384())
        case .sha512: state = .sha(SHA512())
        }
    }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .none: break
        case .crc32c(let sum):
            let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: UInt8.self)
            // ISA-L's name for CRC-32C is that of iSCSI, which uses it. It reads only; its declaration does not say so.
            state = .crc32c(crc32_iscsi(start, Int32(bytes.count), sum))
        case .sha(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha(hash)
        }
    }

    /// In hex, as a manifest has it; nil without one. A CRC-32C stands there in the order of the server's bytes in memory,
    /// which is little-endian on every machine that a backup can be restored on here.
    package var hex: String? {
        switch state {
        case .none: nil
        case .crc32c(let sum): withUnsafeBytes(of: (~sum).littleEndian) { Hex.encode($0) }
        case .sha(let hash): Hex.encode(Array(hash.finalize()))
        }
    }
}
