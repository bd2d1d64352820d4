import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Evidence

/// Keys as others write them are read, and what is no key of ours is named.
@Suite(.keepsItsThread) struct KeyTests {
    /// RFC 8410, section 10.1 and 10.3.
    private static let publicPEM = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----

        """
    private static let privatePEM = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        -----END PRIVATE KEY-----

        """
    private static let privatePEMWithPublicKey = """
        -----BEGIN PRIVATE KEY-----
        MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
        Z9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PRIVATE KEY-----
        """

    @Test func readsAndWritesTheKeysOfTheStandard() throws {
        let signing = try SigningKey(pem: Self.privatePEM)
        #expect(signing.publicKey.pem == Self.publicPEM)
        #expect(signing.pem == Self.privatePEM)
        #expect(try PublicKey(pem: Self.publicPEM) == signing.publicKey)
    }

    @Test func readsVersion2WithAttributesAndPublicKey() throws {
        #expect(try SigningKey(pem: Self.privatePEMWithPublicKey).publicKey.pem == Self.publicPEM)
    }

    @Test func refusesAPrivateKeyWithSomeoneElsesPublicKey() throws {
        // The last base64 group carries the public key's end: WxZu becomes WxZv.
        let crossed = Self.privatePEMWithPublicKey.replacing("rXAxZuE=", with: "rXAxZvE=")
        #expect(crossed != Self.privatePEMWithPublicKey)
        #expect(throws: KeyError.Problem.damaged("the public key inside it belongs to another private key")) {
            try SigningKey(pem: crossed)
        }
    }

    @Test func signaturesFitOnlyTheirBytesAndKey() throws {
        let (key, other) = (SigningKey.generate(), SigningKey.generate())
        let signature = key.sign([1, 2, 3])
        #expect(signature.count == 64)
        #expect(key.publicKey.isValid(signature, for: [1, 2, 3]))
        #expect(!key.publicKey.isValid(signature, for: [1, 2, 4]))
        #expect(!other.publicKey.isValid(signature, for: [1, 2, 3]))
        #expect(!key.publicKey.isValid(Array(signature.dropLast()), for: [1, 2, 3]))
        #expect(!key.publicKey.isValid([], for: [1, 2, 3]))
    }

    @Test func aFingerprintIsTheKeyIDInGroups() throws {
        let key = try PublicKey(pem: Self.publicPEM)
        #expect(key.keyID.count == 64)
        #expect(key.fingerprint.split(separator: " ").map(\.count) == Array(repeating: 8, count: 8))
        #expect(key.fingerprint.filter { $0 != " " } == key.keyID)
    }

    @Test func aSigningKeyPrintsNoSecret() throws {
        let key = try SigningKey(pem: Self.privatePEM)
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "signing key \(key.publicKey.keyID)")
        #expect(dumped == "- signing key \(key.publicKey.keyID)\n")
        #expect(!String(reflecting: key).contains("Curve25519"))
    }

    // MARK: What is no key

    struct Other: Sendable, CustomTestStringConvertible {
        var what: String
        /// A shell command that prints it.
        var command: String
        var problem: KeyError.Problem

        var testDescription: String { what }
    }

    @Test(arguments: [
        Other(
            what: "RSA", command: "openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048",
            problem: .wrongAlgorithm("RSA")),
        Other(
            what: "EC", command: "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256",
            problem: .wrongAlgorithm("elliptic curve (EC)")),
        Other(what: "X25519", command: "openssl genpkey -algorithm x25519", problem: .wrongAlgorithm("X25519")),
        Other(what: "Ed448", command: "openssl genpkey -algorithm ed448", problem: .wrongAlgorithm("Ed448")),
        Other(
            what: "RSA of old", command: "openssl genrsa -traditional 2048", problem: .wrongAlgorithm("RSA")),
        Other(
            what: "EC of old", command: "openssl ecparam -name prime256v1 -genkey",
            problem: .wrongAlgorithm("elliptic curve (EC)")),
        Other(
            what: "encrypted", command: "openssl genpkey -algorithm ed25519 -aes-256-cbc -pass pass:secret",
            problem: .encrypted),
        Other(
            what: "public", command: "openssl genpkey -algorithm ed25519 | openssl pkey -pubout",
            problem: .wrongKind(label: "PUBLIC KEY")),
        Other(
            what: "two keys", command: "openssl genpkey -algorithm ed25519; openssl genpkey -algorithm ed25519",
            problem: .damaged("it holds 2 keys where one is expected")),
        Other(what: "text", command: "echo secret", problem: .notPEM),
        Other(what: "nothing", command: "true", problem: .notPEM),
        Other(
            what: "cut", command: "openssl genpkey -algorithm ed25519 | head -n 2",
            problem: .damaged("the text between its BEGIN and END lines is not whole base64")),
        Other(
            what: "no PKCS#8 inside",
            command: "echo '-----BEGIN PRIVATE KEY-----'; echo MAMCAQA=; echo '-----END PRIVATE KEY-----'",
            problem: .damaged("it is not a PKCS#8 key")),
    ])
    func namesWhatIsNoSigningKey(_ other: Other) async throws {
        try await withScratchDirectory { directory in
            let made = try Tool.shell.run("-c", "{ \(other.command); } > key.pem", in: directory)
            #expect(made.status == 0, "\(made.errors)")
            let file = directory.appending("key.pem")
            #expect(chmod(file.string, 0o600) == 0)
            #expect(throws: KeyError(file: file, problem: other.problem)) { try SigningKey(contentsOf: file) }
        }
    }

    @Test(arguments: [
        Other(
            what: "EC",
            command: "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 | openssl pkey -pubout",
            problem: .wrongAlgorithm("elliptic curve (EC)")),
        Other(
            what: "private", command: "openssl genpkey -algorithm ed25519",
            problem: .wrongKind(label: "PRIVATE KEY")),
        Other(
            what: "short",
            command: "echo '-----BEGIN PUBLIC KEY-----'; echo MAwwBQYDK2VwAwMAAQI=; echo '-----END PUBLIC KEY-----'",
            problem: .damaged("an Ed25519 public key has 32 bytes")),
    ])
    func namesWhatIsNoPublicKey(_ other: Other) async throws {
        try await withScratchDirectory { directory in
            let made = try Tool.shell.run("-c", "{ \(other.command); } > key.pem", in: directory)
            #expect(made.status == 0, "\(made.errors)")
            let file = directory.appending("key.pem")
            #expect(throws: KeyError(file: file, problem: other.problem)) { try PublicKey(contentsOf: file) }
        }
    }

    // MARK: Who may read a signing key

    @Test("A key that others can read is refused, to root as well", arguments: [0o644, 0o640, 0o604, 0o620, 0o601])
    func refusesOpenFiles(_ mode: Int) async throws {
        try await withScratchDirectory { directory in
            let file = directory.appending("key.pem")
            try file.write(Self.privatePEM, mode: mode)
            let error = KeyError(file: file, problem: .openToOthers(mode: UInt16(mode)))
            #expect(throws: error) { try SigningKey(contentsOf: file) }
            #expect(error.description.contains("chmod 600 \(file)"))
            #expect(error.description.contains("mode 0\(String(mode, radix: 8))"))
        }
    }

    @Test(arguments: [0o600, 0o400]) func acceptsFilesOfTheirOwner(_ mode: Int) async throws {
        try await withScratchDirectory { directory in
            let file = directory.appending("key.pem")
            try file.write(Self.privatePEM, mode: mode)
            #expect(try SigningKey(contentsOf: file).publicKey.pem == Self.publicPEM)
        }
    }

    @Test func aKeyBelongsToThisAccountOrRoot() throws {
        try SigningKey.requirePrivate(.ownerRead, owner: 1000, account: 1000)
        try SigningKey.requirePrivate(.ownerRead, owner: 0, account: 1000)
        #expect(throws: KeyError.Problem.foreignOwner(1001)) {
            try SigningKey.requirePrivate(.ownerRead, owner: 1001, account: 1000)
        }
        #expect(throws: KeyError.Problem.foreignOwner(1001)) {
            try SigningKey.requirePrivate(.ownerRead, owner: 1001, account: 0)
        }
    }

    @Test func namesFilesThatCannotBeRead() async throws {
        try await withScratchDirectory { directory in
            let missing = directory.appending("missing.pem")
            let absent = FileError(path: missing, problem: .system("open", .noSuchFileOrDirectory))
            #expect(throws: KeyError(file: missing, problem: .unreadable(absent))) {
                try SigningKey(contentsOf: missing)
            }
            let notAFile = FileError(path: directory, problem: .notAFile)
            #expect(throws: KeyError(file: directory, problem: .unreadable(notAFile))) {
                try PublicKey(contentsOf: directory)
            }
            let large = directory.appending("large.pem")
            try large.write(repeatElement(UInt8(ascii: "x"), count: (64 << 10) + 1))
            let tooLarge = FileError(path: large, problem: .tooLarge(limit: 64 << 10))
            #expect(throws: KeyError(file: large, problem: .unreadable(tooLarge))) {
                try PublicKey(contentsOf: large)
            }
        }
    }

    @Test("A pipe is refused at once, not waited for") func refusesAPipe() async throws {
        try await withScratchDirectory { directory in
            let pipe = directory.appending("pipe")
            #expect(mkfifo(pipe.string, 0o600) == 0)
            let error = FileError(path: pipe, problem: .notAFile)
            #expect(throws: KeyError(file: pipe, problem: .unreadable(error))) { try SigningKey(contentsOf: pipe) }
        }
    }
}
