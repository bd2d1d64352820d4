import SwiftASN1

/// The binary form of keys: PKCS#8 for private ones (RFC 5958), SubjectPublicKeyInfo for public ones (RFC 5280), with
/// Ed25519 inside (RFC 8410).
enum KeyDER {
    /// The raw parts of a private key of any algorithm.
    struct PrivateKey {
        var algorithm: ASN1ObjectIdentifier
        var contents: [UInt8]
        /// The public key beside the private one, which version 2 of the format allows.
        var publicKey: [UInt8]?
    }

    /// The raw parts of a public key of any algorithm.
    struct PublicKey {
        var algorithm: ASN1ObjectIdentifier
        var contents: [UInt8]
    }

    static let ed25519: ASN1ObjectIdentifier = [1, 3, 101, 112]

    /// An Ed25519 private key is 32 bytes within a second OCTET STRING; all bytes before them are always the same.
    private static let privatePrefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let publicPrefix: [UInt8] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    static func encodePrivate(_ seed: [UInt8]) -> [UInt8] { privatePrefix + seed }
    static func encodePublic(_ key: [UInt8]) -> [UInt8] { publicPrefix + key }

    static func parsePrivate(_ der: [UInt8]) throws -> PrivateKey {
        try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
            let version = try Int(derEncoded: &nodes)
            guard version == 0 || version == 1 else {
                throw ASN1Error.invalidASN1Object(reason: "private key format version \(version)")
            }
            let algorithm = try parseAlgorithm(&nodes)
            let contents = try ASN1OctetString(derEncoded: &nodes)
            DER.optionalImplicitlyTagged(&nodes, tagNumber: 0, tagClass: .contextSpecific) { _ in }  // attributes
            let publicKey: ASN1BitString? = try DER.optionalImplicitlyTagged(
                &nodes, tag: ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific))
            return PrivateKey(
                algorithm: algorithm, contents: Array(contents.bytes), publicKey: publicKey.map { Array($0.bytes) })
        }
    }

    static func parsePublic(_ der: [UInt8]) throws -> PublicKey {
        try DER.sequence(DER.parse(der), identifier: .sequence) { nodes in
            let algorithm = try parseAlgorithm(&nodes)
            let contents = try ASN1BitString(derEncoded: &nodes)
            return PublicKey(algorithm: algorithm, contents: Array(contents.bytes))
        }
    }

    /// The 32 bytes inside a private key's contents.
    static func seed(in contents: [UInt8]) throws -> [UInt8] {
        Array(try ASN1OctetString(derEncoded: contents).bytes)
    }

    /// An algorithm's name for people; its number if it is not in this list.
    static func name(of algorithm: ASN1ObjectIdentifier) -> String {
        switch algorithm {
        case [1, 2, 840, 113549, 1, 1, 1]: "RSA"
        case [1, 2, 840, 113549, 1, 1, 10]: "RSA-PSS"
        case [1, 2, 840, 10045, 2, 1]: "elliptic curve (EC)"
        case [1, 2, 840, 10040, 4, 1]: "DSA"
        case [1, 3, 101, 110]: "X25519"
        case [1, 3, 101, 111]: "X448"
        case [1, 3, 101, 113]: "Ed448"
        default: "unknown algorithm \(algorithm)"
        }
    }

    private static func parseAlgorithm(_ nodes: inout ASN1NodeCollection.Iterator) throws -> ASN1ObjectIdentifier {
        guard let node = nodes.next() else {
            throw ASN1Error.invalidASN1Object(reason: "no algorithm")
        }
        return try DER.sequence(node, identifier: .sequence) { parts in
            let algorithm = try ASN1ObjectIdentifier(derEncoded: &parts)
            let parameters = parts.next()
            guard algorithm != ed25519 || parameters == nil else {
                throw ASN1Error.invalidASN1Object(reason: "Ed25519 takes no parameters")
            }
            return algorithm
        }
    }
}
