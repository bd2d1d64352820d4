import Crypto
import Evidence
import Files
import Findings
import SystemPackage

/// An approval or an annotation as it lies beside its report, **not verified**.
package struct StoredAddition: Sendable {
    package enum Content: Sendable {
        case approval(InTotoStatement<Approval>)
        case annotation(InTotoStatement<Annotation>)
    }

    package let file: FilePath
    /// Of the file, without its directory.
    package let name: String
    package let bytes: [UInt8]
    /// Of the file, in lowercase hex.
    package let sha256: String
    package let content: Content
    /// The keys that it claims to be signed with.
    package let claimedKeyIDs: [String]

    /// The largest one, in bytes.
    package static let largest = 1 << 20

    /// What divides the name of a report from what follows in the name of an addition.
    private static let approvalMark = ".approval-"
    private static let annotationMark = ".annotation-"
    private static let nameEnd = ".json"

    /// - Returns: nil for the name of anything else.
    package static func reportName(ofAddition name: String) -> String? {
        guard name.hasSuffix(nameEnd), !name.hasSuffix(ReportCatalogue.fileNameEnd) else { return nil }
        for mark in [approvalMark, annotationMark] {
            let whole = ReportCatalogue.fileNameEnd + mark
            guard let range = name.ranges(of: whole).last else { continue }
            return String(name[..<range.lowerBound]) + ReportCatalogue.fileNameEnd
        }
        return nil
    }

    static func name(ofApproval approval: Approval, _ report: String, by key: PublicKey) -> String {
        "\(report)\(approvalMark)\(approval.role)-\(key.keyID.prefix(8))\(nameEnd)"
    }

    static func name(ofAnnotation annotation: Annotation, _ report: String, sha256: String) -> String {
        "\(report)\(annotationMark)\(Timestamp.compact(annotation.time))-\(sha256.prefix(8))\(nameEnd)"
    }

    /// Reads one, and verifies nothing.
    /// - Throws: ``Evidence/VerificationError``.
    package init(contentsOf file: FilePath) throws(VerificationError) {
        try self.init(Envelope.bytes(of: file, limit: Self.largest, words: Approval.words), file: file)
    }

    init(_ bytes: [UInt8], file: FilePath) throws(VerificationError) {
        self.file = file
        name = file.string.split(separator: "/").last.map(String.init) ?? ""
        self.bytes = bytes
        sha256 = Hex.encode(SHA256.hash(data: bytes))
        do throws(VerificationError) {
            let stored = try UnverifiedStatement<Approval>(bytes, name: file.string)
            (content, claimedKeyIDs) = (.approval(stored.statement), stored.claimedKeyIDs)
        } catch {
            guard error.problem == .unknownPredicateType(Annotation.predicateType) else { throw error }
            let stored = try UnverifiedStatement<Annotation>(bytes, name: file.string)
            (content, claimedKeyIDs) = (.annotation(stored.statement), stored.claimedKeyIDs)
        }
    }

    /// The file of the report that it is about, by its digest.
    package var reportDigest: String? {
        switch content {
        case .approval(let statement): statement.reportDigest
        case .annotation(let statement): statement.reportDigest
        }
    }

    /// What it says of that report.
    package var subject: AdditionSubject {
        switch content {
        case .approval(let statement): statement.predicate.report
        case .annotation(let statement): statement.predicate.report
        }
    }
}

/// All that lies beside one report, or beside those of a directory.
package struct StoredAdditions: Sendable {
    package private(set) var all: [StoredAddition] = []
    /// Files that are named as one, and are none.
    package private(set) var refusals: [VerificationError] = []

    /// More than this beside one report are not read.
    package static let most = 10_000

    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    package init(beside report: FilePath) throws(FileError) {
        let name = report.lastComponent?.string ?? ""
        try self.init(in: report.removingLastComponent()) { $0 == name }
    }

    /// - Parameter isWanted: is given the name of a report.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    package init(in directory: FilePath, of isWanted: (String) -> Bool = { _ in true }) throws(FileError) {
        for name in try Files.names(in: directory.isEmpty ? "." : directory) {
            guard let report = StoredAddition.reportName(ofAddition: name), isWanted(report) else { continue }
            guard all.count < Self.most else { break }
            do throws(VerificationError) {
                all.append(try StoredAddition(contentsOf: directory.appending(name)))
            } catch {
                refusals.append(error)
            }
        }
    }
}

extension StoredAdditions {
    /// - Parameter all: they were read.
    package init(_ all: [StoredAddition] = []) { self.all = all }

    /// Those that are held in memory, by their names. Files that are none are left out.
    package init(_ files: [(name: String, bytes: [UInt8])]) {
        all = files.compactMap { try? StoredAddition($0.bytes, file: FilePath($0.name)) }
    }

    /// Those beside one report.
    /// - Parameter name: of the report's file.
    package func ofReport(_ name: String) -> StoredAdditions {
        StoredAdditions(all.filter { StoredAddition.reportName(ofAddition: $0.name) == name })
    }

    /// Those beside each report, by the name of its file.
    package func byReport() -> [String: StoredAdditions] {
        Dictionary(grouping: all) { StoredAddition.reportName(ofAddition: $0.name) ?? "" }.mapValues(
            StoredAdditions.init)
    }
}

/// Writes what a person says of a report beside it.
package enum AdditionStore {
    /// - Parameter sha256: of the report's file.
    /// - Throws: ``Evidence/StatementError``; ``ReportStoreError``: `alreadyExists` if the same key has approved it in that role.
    package static func write(
        _ approval: Approval, beside report: FilePath, sha256: String, signer: any Signer
    ) async throws -> StoredEnvelope {
        let name = report.lastComponent?.string ?? ""
        let bytes = try await InTotoStatement(approval, file: name, sha256: sha256).sealed(signer: signer)
        return try write(
            bytes, StoredAddition.name(ofApproval: approval, name, by: signer.publicKey), beside: report)
    }

    /// - Parameter sha256: of the report's file.
    /// - Throws: ``Evidence/StatementError``; ``ReportStoreError``.
    package static func write(
        _ annotation: Annotation, beside report: FilePath, sha256: String, signer: any Signer
    ) async throws -> StoredEnvelope {
        let name = report.lastComponent?.string ?? ""
        let bytes = try await InTotoStatement(annotation, file: name, sha256: sha256).sealed(signer: signer)
        let own = Hex.encode(SHA256.hash(data: bytes))
        return try write(bytes, StoredAddition.name(ofAnnotation: annotation, name, sha256: own), beside: report)
    }

    private static func write(
        _ bytes: [UInt8], _ name: String, beside report: FilePath
    ) throws(ReportStoreError) -> StoredEnvelope {
        let file = report.removingLastComponent().appending(name)
        guard bytes.count <= StoredAddition.largest else { throw .tooLarge(bytes.count) }
        guard !Files.exists(file) else { throw .alreadyExists(file) }
        do {
            try Files.replace(file, with: bytes, mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            // Nothing was there before.
            Files.remove(file)
            throw .unwritable(error)
        }
        return StoredEnvelope(file: file, sha256: Hex.encode(SHA256.hash(data: bytes)))
    }
}
