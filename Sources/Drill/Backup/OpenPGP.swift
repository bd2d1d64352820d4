/// What a file of OpenPGP in its binary form holds (RFC 9580, 4.2 and 5), by its first packet: the packet's tag and length, and
/// then a version and numbers that are known, so that noise is not taken for one.
enum OpenPGP: Equatable {
    /// Encrypted, compressed or signed.
    case message
    case key
    case signature

    private static let keyAlgorithms: Set<UInt8> = [1, 2, 3, 16, 17, 18, 19, 22, 25, 26, 27, 28]

    /// - Returns: nil if it is something else.
    init?(of bytes: [UInt8]) {
        guard bytes.count > 16, let (tag, start) = Self.packet(bytes) else { return nil }
        let body = bytes[start...]
        func byte(_ offset: Int) -> UInt8 { body[start + offset] }
        let isVersion = (3...6).contains(byte(0))
        switch tag {
        // Encrypted for a key: eight bytes of key ID, an algorithm.
        case 1 where byte(0) == 3 && Self.keyAlgorithms.contains(byte(9)): self = .message
        // Encrypted with a passphrase: a cipher, a way from the passphrase to the key.
        case 3 where isVersion && byte(1) <= 13 && byte(2) <= 4: self = .message
        // Signed: a type, an algorithm of hashes, one of keys.
        case 4 where isVersion && byte(1) <= 1 && byte(2) <= 14 && Self.keyAlgorithms.contains(byte(3)): self = .message
        // Compressed, as gpg writes what is signed and not encrypted.
        case 8 where (1...3).contains(byte(0)): self = .message
        // Not even compressed: binary, text, UTF-8.
        case 11 where [0x62, 0x74, 0x75].contains(byte(0)): self = .message
        // A signature: a type, an algorithm of keys, one of hashes.
        case 2 where isVersion && byte(1) <= 0x50 && Self.keyAlgorithms.contains(byte(2)) && byte(3) <= 14:
            self = .signature
        // A key: the time when it was made, an algorithm.
        case 5 where isVersion && Self.keyAlgorithms.contains(byte(5)): self = .key
        case 6 where isVersion && Self.keyAlgorithms.contains(byte(5)): self = .key
        default: return nil
        }
    }

    /// The tag of the first packet, and where its body begins.
    private static func packet(_ bytes: [UInt8]) -> (tag: UInt8, body: Int)? {
        guard bytes[0] & 0x80 != 0 else { return nil }
        if bytes[0] & 0x40 == 0 {
            // A length of one, two or four bytes, or none.
            return (bytes[0] >> 2 & 15, [2, 3, 5, 1][Int(bytes[0] & 3)])
        }
        let body =
            switch bytes[1] {
            case 192..<224: 3
            case 255: 6
            default: 2
            }
        return (bytes[0] & 63, body)
    }
}
