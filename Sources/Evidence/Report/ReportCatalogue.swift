import Crypto
import Evidence
import Files
import Findings
import FoundationEssentials
import SystemPackage

/// The reports in a directory: each was read, and verified with the keys that the reader trusts. Files that cannot be used are named,
/// with the reason.
package struct ReportCatalogue: Sendable {
    /// A report of a drill that can be used.
    package typealias Entry = CataloguedReport<TestResult>

    /// A file whose name ends as a report's does, and that cannot be used.
    package struct Refusal: Sendable {
        package enum Reason: Sendable, Equatable {
            /// It is not what the holder of the key signed; or it is not a whole report.
            case notAccepted(VerificationError)
            /// It has a signature, and there is no key to verify it with.
            case noKey
        }

        package let file: FilePath
        package let reason: Reason
    }

    /// How the name of every report ends.
    package static let fileNameEnd = ".dsse.json"
    /// How the name of the report of an inspection ends.
    package static let inspectionNameEnd = ".inspection" + fileNameEnd

    /// Drills, in the order in which they started.
    package let entries: [Entry]
    /// Inspections, in the order in which they started. They tell nothing of a recovery, so they are no drills.
    package let inspections: [CataloguedReport<InspectionResult>]
    /// In the order of their names.
    package let refusals: [Refusal]

    /// Reads all reports of a directory. A directory that does not exist has none.
    /// - Parameter ring: the signer's keys, each of which counts at its time. Nil takes reports that have no signature, and no
    ///   others.
    /// - Throws: ``FileError`` when the directory cannot be listed.
    package init(of directory: FilePath, _ ring: KeyRing?) throws(FileError) {
        var (entries, inspections, refusals): ([Entry], [CataloguedReport<InspectionResult>], [Refusal]) = ([], [], [])
        for name in try Files.names(in: directory) where name.hasSuffix(Self.fileNameEnd) {
            let file = directory.appending(name)
            do throws(Refusal.Reason) {
                // A file that is not what its name says is refused.
                if name.hasSuffix(Self.inspectionNameEnd) {
                    inspections.append(try CataloguedReport(file, ring))
                } else {
                    entries.append(try Entry(file, ring))
                }
            } catch {
                refusals.append(Refusal(file: file, reason: error))
            }
        }
        self.entries = entries.sorted { $0.isBefore($1) }
        self.inspections = inspections.sorted { $0.isBefore($1) }
        self.refusals = refusals
    }
}

extension ReportCatalogue.Refusal.Reason: Error {}

extension ReportCatalogue.Refusal: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .notAccepted(let error): error.description
        case .noKey: "\(file) is signed, and no key was given to verify it with."
        }
    }
}

/// A report of a directory that can be used.
package struct CataloguedReport<Predicate: TestedPredicate>: Sendable {
    package let statement: InTotoStatement<Predicate>
    package let file: FilePath
    /// The SHA-256 of the file's bytes (the envelope), in lowercase hex.
    package let digest: String
    /// The key that signed it; nil if it has no signature.
    package let signer: KeyRing.Key?

    package var report: Report { statement.report }

    fileprivate func isBefore(_ other: Self) -> Bool {
        (report.started, file.string) < (other.report.started, other.file.string)
    }
}

extension CataloguedReport {
    fileprivate init(_ file: FilePath, _ ring: KeyRing?) throws(ReportCatalogue.Refusal.Reason) {
        let bytes = try Self.bytes(of: file)
        if let ring {
            let (opened, key) = try Self.verified(bytes, file, ring)
            (statement, signer) = (opened, key)
        } else {
            (statement, signer) = (try Self.unsigned(bytes, file), nil)
        }
        self.file = file
        digest = Hex.encode(SHA256.hash(data: bytes))
    }

    private static func bytes(of file: FilePath) throws(ReportCatalogue.Refusal.Reason) -> [UInt8] {
        do {
            return try Envelope.bytes(of: file, words: Predicate.words)
        } catch {
            throw .notAccepted(error)
        }
    }

    private static func verified(
        _ bytes: [UInt8], _ file: FilePath, _ ring: KeyRing
    ) throws(ReportCatalogue.Refusal.Reason) -> (statement: InTotoStatement<Predicate>, key: KeyRing.Key) {
        do {
            return try InTotoStatement.open(bytes, name: file.string, ring.keys(for: KeyRing.operatorRole)) {
                $0.report.finished
            }
        } catch {
            throw .notAccepted(error)
        }
    }

    /// A report that never had a signature, and that agrees with itself.
    private static func unsigned(
        _ bytes: [UInt8], _ file: FilePath
    ) throws(ReportCatalogue.Refusal.Reason) -> InTotoStatement<Predicate> {
        let statement: InTotoStatement<Predicate>?
        do throws(VerificationError) {
            let stored = try UnverifiedStatement<Predicate>(bytes, name: file.string)
            statement = stored.isSigned ? nil : try stored.neverSigned(name: file.string)
        } catch {
            throw .notAccepted(error)
        }
        guard let statement else { throw .noKey }
        return statement
    }
}
