import Testing

@testable import Evidence

/// The envelope's rules, by the example of its protocol.
struct EnvelopeTests {
    @Test("DSSE v1.0.0, Test Vectors") func preAuthenticationEncodingOfTheProtocol() {
        let encoding = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
        #expect(String(decoding: encoding, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    @Test func lengthsCountBytes() {
        let encoding = Envelope.preAuthenticationEncoding(type: "ž", payload: [0, 0xff])
        #expect(encoding == Array("DSSEv1 2 ž 2 ".utf8) + [0, 0xff])
    }

    @Test func isOneLineOfSortedJSON() async throws {
        let envelope = try await Envelope(statement: Array("{\"a\":\"b/c\"}".utf8), signer: nil)
        let text = String(decoding: try envelope.encoded(), as: UTF8.self)
        let line = #"{"payload":"eyJhIjoiYi9jIn0=","payloadType":"application/vnd.in-toto+json","signatures":[]}"#
        #expect(text == line + "\n")
    }

    @Test func aSignatureNamesItsKey() async throws {
        let key = SigningKey.generate()
        let envelope = try await Envelope(statement: [1, 2, 3], signer: key)
        #expect(envelope.signatures.map(\.keyid) == [key.publicKey.keyID])
    }

    @Test(
        arguments: [
            ("", []), ("AA==", [0]), ("+/+/", [0xfb, 0xff, 0xbf]), ("-_-_", [0xfb, 0xff, 0xbf]),
        ] as [(String, [UInt8])])
    func readsBothAlphabets(_ text: String, _ bytes: [UInt8]) {
        #expect(Base64.decode(text) == bytes)
    }

    @Test(
        "One text for the same bytes: no white space, padding as due, no stray bits",
        arguments: [
            "AA", "AA=", "AA===", "AB==", "A", "AA==\n", "AA ==", "A*==", "AAA=AAAA", "=",
        ])
    func refusesOtherTexts(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
