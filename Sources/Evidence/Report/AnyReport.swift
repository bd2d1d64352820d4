import Evidence
import SystemPackage

/// A report of a drill or of an inspection, for readers of both. Which it is says the type of its predicate, never the name of its
/// file.
package struct AnyReport: Sendable {
    package enum Kind: Sendable, Equatable { case drill, inspection }

    package let kind: Kind
    package let report: Report

    /// Opens a report, and verifies that the holder of a key signed it, as ``Evidence/InTotoStatement/init(opening:publicKey:)``.
    package init(opening file: FilePath, publicKey: PublicKey) throws(VerificationError) {
        do throws(VerificationError) {
            self.init(.drill, try Statement(opening: file, publicKey: publicKey).report)
        } catch {
            guard error.isOfInspection else { throw error }
            self.init(.inspection, try InspectionStatement(opening: file, publicKey: publicKey).report)
        }
    }

    /// Opens a report that the holder of an operator's key of a ring signed, while the key counted.
    /// - Parameter name: the path or the URI that the bytes came from, for messages.
    package static func open(
        _ bytes: [UInt8], name: String, _ ring: KeyRing
    ) throws(VerificationError) -> (content: AnyReport, key: KeyRing.Key) {
        let keys = ring.keys(for: KeyRing.operatorRole)
        do throws(VerificationError) {
            let (statement, key) = try Statement.open(bytes, name: name, keys) { $0.report.finished }
            return (AnyReport(.drill, statement.report), key)
        } catch {
            guard error.isOfInspection else { throw error }
            let (statement, key) = try InspectionStatement.open(bytes, name: name, keys) { $0.report.finished }
            return (AnyReport(.inspection, statement.report), key)
        }
    }

    /// A report of a catalogue.
    package init(_ entry: CataloguedReport<some TestedPredicate>) {
        self.init(entry.statement.predicate is InspectionResult ? .inspection : .drill, entry.report)
    }

    fileprivate init(_ kind: Kind, _ report: Report) {
        (self.kind, self.report) = (kind, report)
    }
}

/// A report as it is on disk, **not verified**: it can be shown, but it is no evidence of anything.
package struct AnyStoredReport: Sendable {
    package let content: AnyReport
    /// The bytes of the statement, exactly as they were signed.
    package let statementBytes: [UInt8]
    /// True if the envelope has a signature, valid or not.
    package let isSigned: Bool

    /// - Throws: as ``Evidence/UnverifiedStatement/init(contentsOf:)``.
    package init(contentsOf file: FilePath) throws(VerificationError) {
        do throws(VerificationError) {
            self.init(try StoredReport(contentsOf: file), .drill)
        } catch {
            guard error.isOfInspection else { throw error }
            self.init(try StoredInspection(contentsOf: file), .inspection)
        }
    }

    /// - Throws: as ``Evidence/UnverifiedStatement/init(_:name:)``.
    package init(_ bytes: [UInt8], name: String) throws(VerificationError) {
        do throws(VerificationError) {
            self.init(try StoredReport(bytes, name: name), .drill)
        } catch {
            guard error.isOfInspection else { throw error }
            self.init(try StoredInspection(bytes, name: name), .inspection)
        }
    }

    private init(_ stored: UnverifiedStatement<some TestedPredicate>, _ kind: AnyReport.Kind) {
        content = AnyReport(kind, stored.statement.report)
        statementBytes = stored.statementBytes
        isSigned = stored.isSigned
    }
}

extension VerificationError {
    fileprivate var isOfInspection: Bool { problem == .unknownPredicateType(InspectionResult.predicateType) }
}
