import SwiftASN1
import SystemPackage

/// Finds the one key in a PEM text (RFC 7468). If there is none, says what the text holds instead.
enum KeyPEM {
    static let privateLabel = "PRIVATE KEY"
    static let publicLabel = "PUBLIC KEY"
    /// The largest key file that is read, in bytes. Ed25519 keys take about 120.
    static let maximumSize = 64 << 10

    static func encode(_ label: String, _ der: [UInt8]) -> String {
        PEMDocument(type: label, derBytes: der).pemString + "\n"
    }

    static func decode(_ text: String, label wanted: String) throws(KeyError.Problem) -> [UInt8] {
        let labels = text.matches(of: /-----BEGIN ([A-Z0-9 ]+)-----/).map { String($0.1) }
        switch labels.count(where: { $0 == wanted }) {
        case 0: throw problem(ofLabels: labels)
        case 1: break
        case let count: throw .damaged("it holds \(count) keys where one is expected")
        }
        do {
            let documents = try PEMDocument.parseMultiple(pemString: text)
            guard let document = documents.first(where: { $0.discriminator == wanted }) else {
                throw ASN1Error.invalidPEMDocument(reason: "no end line")
            }
            return document.derBytes
        } catch {
            throw .damaged("the text between its BEGIN and END lines is not whole base64")
        }
    }

    private static func problem(ofLabels labels: [String]) -> KeyError.Problem {
        if labels.contains("ENCRYPTED PRIVATE KEY") { return .encrypted }
        if labels.contains("RSA PRIVATE KEY") { return .wrongAlgorithm("RSA") }
        if labels.contains("EC PRIVATE KEY") { return .wrongAlgorithm("elliptic curve (EC)") }
        if labels.contains("DSA PRIVATE KEY") { return .wrongAlgorithm("DSA") }
        return labels.first.map { .wrongKind(label: $0) } ?? .notPEM
    }
}
