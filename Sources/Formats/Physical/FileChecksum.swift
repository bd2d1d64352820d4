import CIsal
import Crypto
import Findings

/// The checksums of files that a backup manifest may have: the names are those of `pg_basebackup --manifest-checksums`.
package enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    case none = "NONE"
    case crc32c = "CRC32C"
    case sha224 = "SHA224"
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"
}

/// A checksum of a file, computed while its bytes are read.
package struct FileChecksum: Sendable {
    private enum State {
        case none
        case crc32c(UInt32)
        case sha(any HashFunction)
    }

    private var state: State

    /// - Returns: nil for SHA-224, which this program cannot compute.
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
            // ISA-L names CRC-32C after iSCSI, which uses it. The function only reads, although its declaration does
            // not say so.
            state = .crc32c(crc32_iscsi(start, Int32(bytes.count), sum))
        case .sha(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha(hash)
        }
    }

    /// The checksum in hex, as a manifest has it; nil for ``ChecksumAlgorithm/none``. A manifest has a CRC-32C in the
    /// order of the server's bytes in memory, which is little-endian on every machine on which a backup can be restored
    /// here.
    package var hex: String? {
        switch state {
        case .none: nil
        case .crc32c(let sum): withUnsafeBytes(of: (~sum).littleEndian) { Hex.encode($0) }
        case .sha(let hash): Hex.encode(Array(hash.finalize()))
        }
    }
}
