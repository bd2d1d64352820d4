import Crypto
import Files
import Findings
import FoundationEssentials
import SystemPackage

/// Which key counted when, and for what: signed changes, one a line, each with the SHA-256 of the line before. Lines are only ever added.
///
/// The first line adds the key that signed it. Each other line is signed by a key that may change keys then (the role ``keysRole``). A key
/// that takes over signs its own line too, so that whoever trusts any of them can verify all of the history
/// (docs/decisions/44-keys.md).
package struct KeyHistory: Sendable {
    /// The role of keys that may change the history.
    package static let keysRole = "keys"
    /// The name of its file, beside the reports.
    package static let fileName = "key-history.jsonl"
    /// Bytes of the largest one.
    package static let largest = 16 << 20

    package struct Line: Sendable {
        package let change: KeyChange
        /// The envelope, without the line's end.
        package let bytes: [UInt8]
        /// Of these bytes, in lowercase hex.
        package let sha256: String
        let envelope: OpenEnvelope

        /// True if the holder of this key signed it.
        func isSigned(by key: PublicKey) -> Bool {
            let signed = Envelope.preAuthenticationEncoding(type: Envelope.payloadType, payload: envelope.payload)
            return envelope.signatures.contains { key.isValid($0.bytes, for: signed) }
        }
    }

    package private(set) var lines: [Line] = []
    /// The path or the URI that it came from, for messages.
    package let name: String

    /// One without a line, of a file that is to be made.
    package init(name: String = Self.fileName) { self.name = name }

    /// Reads a history, and verifies nothing.
    /// - Parameter name: the path or the URI that the bytes came from, for messages.
    /// - Throws: ``KeyHistoryError``.
    package init(_ bytes: [UInt8], name: String) throws(KeyHistoryError) {
        self.name = name
        guard bytes.last == UInt8(ascii: "\n"), bytes.count <= Self.largest else {
            throw KeyHistoryError(name, "it does not end in a line end: it was cut, or is something else")
        }
        for (number, line) in bytes.dropLast().split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() {
            do throws(VerificationError.Problem) {
                let envelope = try OpenEnvelope(Array(line))
                let statement = try InTotoStatement<KeyChange>(decoding: envelope.payload)
                let contradictions = statement.contradictions()
                guard contradictions.isEmpty else { throw .contradictory(contradictions) }
                lines.append(
                    Line(
                        change: statement.predicate, bytes: Array(line),
                        sha256: Hex.encode(SHA256.hash(data: Array(line))), envelope: envelope))
            } catch {
                let words = VerificationError(name: "line \(number + 1)", problem: error, words: KeyChange.words)
                throw KeyHistoryError(name, "\(words)")
            }
        }
    }

    /// - Throws: ``KeyHistoryError``.
    package init(contentsOf file: FilePath) throws(KeyHistoryError) {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(file, limit: Self.largest)
        } catch {
            throw KeyHistoryError(file.string, "\(error)")
        }
        try self.init(bytes, name: file.string)
    }

    package var encoded: [UInt8] { lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] } }

    // MARK: Who counts

    /// The keys of the history, each with its time.
    /// - Parameter anchors: keys that the reader trusts; one of them must have signed a line. Nil trusts the first line's.
    /// - Throws: ``KeyHistoryError``.
    package func ring(anchoredAt anchors: [PublicKey]?) throws(KeyHistoryError) -> KeyRing {
        var ring = KeyRing()
        var last: Line?
        for (number, line) in lines.enumerated() {
            func bad(_ reason: String) -> KeyHistoryError { KeyHistoryError(name, "line \(number + 1) \(reason)") }
            let change = line.change
            guard change.number == number, change.previous == last?.sha256 else {
                throw bad("does not follow the line before: a line was changed, removed or put in")
            }
            if let last, change.time < last.change.time { throw bad("is of a time before that of the line before") }
            let mayChange = ring.keys(for: Self.keysRole).filter { $0.isValid(at: change.time) }.map(\.publicKey)
            let signers =
                number == 0 && change.roles?.contains(Self.keysRole) == true
                ? change.added.map { [$0] } ?? [] : mayChange
            guard signers.contains(where: line.isSigned(by:)) else {
                throw bad("is signed by no key that could change the keys then")
            }
            do throws(Fault) {
                try Self.apply(change, to: &ring)
            } catch {
                throw bad(error.words)
            }
            last = line
        }
        guard !lines.isEmpty else { throw KeyHistoryError(name, "it has no line") }
        if let anchors, !lines.contains(where: { line in anchors.contains(where: line.isSigned(by:)) }) {
            throw KeyHistoryError(
                name,
                "none of the keys that you trust has signed a line of it: \(anchors.map(\.keyID).joined(separator: ", "))"
            )
        }
        return ring
    }

    private struct Fault: Error { let words: String }

    private static func apply(_ change: KeyChange, to ring: inout KeyRing) throws(Fault) {
        let place = ring.keys.firstIndex { $0.publicKey.keyID == change.key }
        switch change.change {
        case .added:
            guard place == nil, let key = change.added else { throw Fault(words: "adds a key that is there already") }
            ring.keys.append(
                KeyRing.Key(key, holder: change.holder, roles: Set(change.roles ?? []), from: change.at))
        case .retired, .revoked:
            guard let place, let at = change.at else { throw Fault(words: "is about a key that is not there") }
            let reason = change.reason.map { ": \($0)" } ?? ""
            // What ended a key earlier still does.
            ring.keys[place].until = min(ring.keys[place].until ?? at, at)
            ring.keys[place].ending = change.change.rawValue + reason
        }
    }

    // MARK: Changes

    /// Adds a line.
    /// - Parameter signers: the first may change keys; a key that takes over signs too.
    /// - Throws: ``StatementError``.
    package mutating func append(
        _ kind: KeyChange.Kind, _ key: PublicKey, signers: [any Signer], time: Date,
        _ fill: (inout KeyChange) -> Void
    ) async throws {
        var change = KeyChange(
            number: lines.count, previous: lines.last?.sha256, time: time, change: kind, key: key.keyID)
        if kind == .added { change.publicKey = Base64.encode(key.bytes) }
        fill(&change)
        let statement = InTotoStatement(
            subject: [ResourceDescriptor(name: "key", digest: ["sha256": key.keyID])], predicate: change)
        let bytes = try statement.encoded()
        var envelope = try await Envelope(statement: bytes, signer: nil)
        for signer in signers {
            envelope.signatures.append(try await signer.signature(of: bytes, type: Envelope.payloadType))
        }
        let line = Array(try envelope.encoded().dropLast())
        lines.append(
            Line(
                change: change, bytes: line, sha256: Hex.encode(SHA256.hash(data: line)),
                envelope: try OpenEnvelope(line)))
    }
}

/// Why a history of keys is not relied on.
package struct KeyHistoryError: Error, Sendable, Equatable, CustomStringConvertible {
    package let file: String
    package let reason: String

    init(_ file: String, _ reason: String) {
        self.file = file
        self.reason = reason
    }

    package var description: String {
        "the history of keys \(file) cannot be relied on: \(reason). Nothing is verified with it: get it from whoever keeps the keys."
    }
}
