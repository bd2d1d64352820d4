import SystemPackage

/// A report as it lies on disk, read and **not verified**: good for showing, no evidence of anything.
package struct StoredReport: Sendable {
    /// What the file says.
    package let statement: Statement
    /// The bytes of the statement, exactly as they were signed.
    package let statementBytes: [UInt8]
    /// The keys the envelope says it was signed with. Nothing vouches for them.
    package let claimedKeyIDs: [String]
    /// Whether the envelope carries a signature, good or bad.
    package let isSigned: Bool

    /// Reads a report without verifying it. Fields it does not know are ignored, so that newer reports stay readable.
    ///
    /// - Throws: ``VerificationError`` when the file is not a drill's report, or a field is missing or malformed.
    package init(contentsOf file: FilePath) throws(VerificationError) {
        let envelope = try OpenEnvelope(contentsOf: file)
        do {
            statement = try Statement(decoding: envelope.payload)
        } catch {
            throw VerificationError(file: file, problem: error)
        }
        statementBytes = envelope.payload
        claimedKeyIDs = envelope.signatures.compactMap(\.keyID)
        isSigned = !envelope.signatures.isEmpty
    }
}

extension Statement {
    /// Reads a statement of a drill.
    init(decoding bytes: [UInt8]) throws(VerificationError.Problem) {
        let header: Header
        do {
            header = try ReportJSON.decode(Header.self, from: bytes)
        } catch {
            throw .malformed(error)
        }
        guard header._type == Self.type else { throw .unknownStatementType(header._type) }
        guard header.predicateType == Self.predicateType else { throw .unknownPredicateType(header.predicateType) }
        do {
            self = try ReportJSON.decode(Statement.self, from: bytes)
        } catch {
            throw .malformed(error)
        }
    }

    /// What every in-toto statement has, whatever it states.
    private struct Header: Decodable {
        var _type: String
        var predicateType: String
    }
}
