import Evidence
import FoundationEssentials
import SystemPackage

/// Puts reports on disk: whole or not at all.
package enum ReportStore {
    /// `<plan>-<yyyyMMddTHHmmssZ>-<first 8 of id>.dsse.json`, with the time the drill started. Of the plan's name,
    /// letters, digits, `.`, `_` and `-` of ASCII stay and the rest become `-`; at most 100 bytes of it are used.
    package static func fileName(for report: Report) -> String {
        let plan = report.plan.prefix(100).map { $0.isFileNameSafe ? $0 : "-" }
        return "\(String(plan))-\(Timestamp.compact(report.started))-\(report.id.prefix(8)).dsse.json"
    }

    /// Writes an envelope around a statement, to the disk and not only to its cache. A reader finds no file or the whole
    /// file under this name; a report that is there already is never overwritten.
    ///
    /// - Parameters:
    ///   - statement: what ``Statement/encoded()`` returned.
    ///   - signer: nil for an unsigned report.
    ///   - name: what ``fileName(for:)`` returned.
    /// - Returns: the path of the report.
    /// - Throws: ``ReportStoreError`` when it cannot be signed or written; nothing is left behind then.
    package static func write(
        _ statement: [UInt8], signer: (any Signer)?, name: String, to directory: FilePath
    ) async throws(ReportStoreError) -> FilePath {
        let file = directory.appending(name)
        let bytes = try await envelope(around: statement, signer)
        guard bytes.count <= Envelope.maximumSize else { throw .tooLarge(bytes.count) }
        guard !EnvelopeFile.exists(file) else { throw .alreadyExists(file) }
        do {
            try EnvelopeFile.write(bytes, to: file)
        } catch {
            throw .unwritable(error)
        }
        return file
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

    /// Creates the directory if absent and proves, by writing a file and removing it, that a report can be written
    /// there. Call it before a drill: an hour's work must not end in "permission denied".
    ///
    /// - Throws: ``ReportStoreError`` when no report could be written.
    package static func probe(_ directory: FilePath) throws(ReportStoreError) {
        do {
            try EnvelopeFile.probe(directory, name: ".pgassay-probe-\(UUID().uuidString)")
        } catch {
            throw .unwritable(error)
        }
    }
}

extension Character {
    fileprivate var isFileNameSafe: Bool {
        isASCII && (isLetter || isNumber || self == "." || self == "_" || self == "-")
    }
}

/// A report that could not be put on disk, why, and what to do.
package enum ReportStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system refused to write the file or its directory.
    case unwritable(FileError)
    /// A report of this name is there.
    case alreadyExists(FilePath)
    /// Larger than ``Envelope/maximumSize``; in bytes.
    case tooLarge(Int)
    /// The signer did not sign; why.
    case notSigned(String)
    /// The envelope does not become JSON.
    case unencodable(String)

    package var description: String {
        switch self {
        case .unwritable(let error):
            "the report cannot be kept: \(error). Choose a directory with --reports that this account can write."
        case .alreadyExists(let file):
            "\(file) is there already, and a report is never overwritten. Choose another directory with --reports."
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
