import Crypto
import Evidence
import Files
import Findings
import FoundationEssentials
import SystemPackage

/// Writes reports to disk. A report is written completely or not at all.
package enum ReportStore {
    /// `<plan>-<yyyyMMddTHHmmssZ>-<first 8 of id>.dsse.json`, with the time at which it started. In the plan's
    /// name, ASCII letters, digits, `.`, `_` and `-` stay, and all else becomes `-`; at most 100 bytes of it are used. A name
    /// never begins with a dash, which commands take for an option, nor with a dot, which hides the file.
    /// - Parameter end: of the name: ``ReportCatalogue/fileNameEnd`` or ``ReportCatalogue/inspectionNameEnd``.
    package static func fileName(for report: Report, end: String = ReportCatalogue.fileNameEnd) -> String {
        let plan = report.plan.map { $0.isFileNameSafe ? $0 : "-" }.drop { $0 == "-" || $0 == "." }.prefix(100)
        let parts = [String(plan), Timestamp.compact(report.started), String(report.id.prefix(8))]
        return parts.filter { !$0.isEmpty }.joined(separator: "-") + end
    }

    /// Writes an envelope around a statement, to the disk and not only to its cache. Readers find no file or the
    /// complete file under this name. An existing report is never overwritten.
    ///
    /// - Parameters:
    ///   - statement: the result of ``Statement/encoded()``.
    ///   - signer: nil for an unsigned report.
    ///   - name: the result of ``fileName(for:)``.
    /// - Throws: ``ReportStoreError`` if the report cannot be signed or written; then no file is left behind.
    package static func write(
        _ statement: [UInt8], signer: (any Signer)?, name: String, to directory: FilePath
    ) async throws(ReportStoreError) -> StoredEnvelope {
        let file = directory.appending(name)
        let bytes = try await envelope(around: statement, signer)
        guard bytes.count <= Envelope.maximumSize else { throw .tooLarge(bytes.count) }
        guard !Files.exists(file) else { throw .alreadyExists(file) }
        do {
            try Files.createDirectory(directory, mode: 0o755)
            try Files.replace(file, with: bytes, mode: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            // Nothing was there before.
            Files.remove(file)
            throw .unwritable(error)
        }
        return StoredEnvelope(file: file, sha256: Hex.encode(SHA256.hash(data: bytes)))
    }

    private static func envelope(
        around statement: [UInt8], _ signer: (any Signer)?
    ) async throws(ReportStoreError) -> [UInt8] {
        let envelope: Envelope
        do {
            envelope = try await Envelope(statement: statement, signer: signer)
        } catch {
            throw .notSigned("\(error)")
        }
        do {
            return try envelope.encoded()
        } catch {
            throw .unencodable("\(error)")
        }
    }

    /// Creates the directory if it does not exist. Proves that a report can be written there, by writing and removing a
    /// file. Call it before a drill: an hour's work must not end in "permission denied".
    ///
    /// - Throws: ``ReportStoreError`` if no report could be written.
    package static func probe(_ directory: FilePath) throws(ReportStoreError) {
        let file = directory.appending(".pgassay-probe-\(UUID().uuidString)")
        do {
            try Files.createDirectory(directory, mode: 0o755)
            try Files.create(file, Array("probe\n".utf8), mode: .ownerReadWrite)
            defer { Files.remove(file) }
            try Files.sync(directory: directory)
        } catch {
            if case .system(_, .notDirectory) = error.problem { throw .notADirectory(error.path) }
            throw .unwritable(error)
        }
    }
}

/// A report that was written.
package struct StoredEnvelope: Sendable, Equatable {
    package let file: FilePath
    /// Of the bytes that were written, in lowercase hex.
    package let sha256: String
}

extension Character {
    fileprivate var isFileNameSafe: Bool {
        isASCII && (isLetter || isNumber || self == "." || self == "_" || self == "-")
    }
}

/// Why a report could not be written to disk, and what to do.
package enum ReportStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system refused to write the file or its directory.
    case unwritable(FileError)
    /// A report of this name exists.
    case alreadyExists(FilePath)
    /// A file is where the directory for reports should be, or above that.
    case notADirectory(FilePath)
    /// The report is larger than ``Envelope/maximumSize``; its size in bytes.
    case tooLarge(Int)
    /// The signer did not sign; why.
    case notSigned(String)
    /// The envelope cannot be converted to JSON.
    case unencodable(String)

    package var description: String {
        switch self {
        case .unwritable(let error):
            "the report cannot be kept: \(error). Choose a directory with --reports that this account can write."
        case .alreadyExists(let file):
            "\(file) is there already, and a report is never overwritten. Choose another directory with --reports."
        case .notADirectory(let path):
            "\(path) cannot be the directory for reports: a file is there, or above it. Name a directory with --reports; it is made if it is not there."
        case .tooLarge(let count):
            "the report takes \(HumanUnits.bytes(Int64(count))), more than the "
                + "\(HumanUnits.bytes(Int64(Envelope.maximumSize))) a report may have. Let the plan check fewer tables."
        case .notSigned(let reason):
            "the report could not be signed: \(reason)."
        case .unencodable(let reason):
            "the report cannot be written as JSON: \(reason). This is a defect of pgassay: please report it."
        }
    }
}
