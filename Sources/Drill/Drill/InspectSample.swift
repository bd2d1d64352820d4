import Backup
import ColdTier
import Findings
import Foundation

/// How much of a backup an inspection reads, and what earlier ones have read.
package struct SampleRequest: Sendable {
    /// A fraction of 1, of all bytes.
    package let share: Double
    /// Whether what was read before and has not changed since is read again, after all that was not.
    package let again: Bool
    package let record: VerificationRecord

    package init(share: Double, again: Bool, record: VerificationRecord) {
        (self.share, self.again, self.record) = (share, again, record)
    }
}

/// What became of a sample.
package struct SampleResult: Sendable {
    /// The record of earlier inspections, with what was good this time.
    package let record: VerificationRecord
    package let coverage: Coverage

    /// How much of the backup was read and found good, in this inspection and before.
    package struct Coverage: Encodable, Sendable, Equatable {
        /// Read in this inspection.
        package let readParts: Int
        package let readBytes: Int64
        /// Found good, in this or an earlier inspection, and not changed since.
        package let goodParts: Int
        package let goodBytes: Int64
        package let parts: Int
        package let bytes: Int64
        /// When the first and the last of them were read.
        package let oldest: Date?
        package let newest: Date?
    }
}

/// A sample was asked for of a backup that can only be read as a whole.
package struct NoSample: Mistake, Sendable {
    package let description: String

    init(_ location: String, _ backup: BackupDescription) {
        description = """
            \(location) is a \(backup.kind) (\(backup.format)), of which nothing can be read apart from the rest, so there is no sample of \
            it. Leave out --sample.
            """
    }
}

/// The parts of a backup that are read this time.
struct Sample: Sendable {
    private let request: SampleRequest
    private let all: [BackupPart]
    private let chosen: [BackupPart]

    var names: Set<String> { Set(chosen.map(\.name)) }

    /// - Throws: ``NoSample``.
    init(_ request: SampleRequest, of backup: any BackupKind, at location: String) throws {
        guard let parts = backup.parts else { throw NoSample(location, backup.description) }
        self.request = request
        all = parts
        let next = Set(
            request.record.next(of: parts.map(\.recorded), share: request.share, again: request.again).map(\.name))
        chosen = parts.filter { next.contains($0.name) }
    }

    /// - Parameter findings: of this inspection.
    func result(_ findings: [Finding]) -> SampleResult {
        var record = request.record
        let bad = findings.filter { $0.status == .failed || $0.status == .inconclusive }.map(\.subject)
        // Where something is wrong that no part explains, none of them is known to be good.
        let isExplained = bad.allSatisfy { subject in chosen.contains { subject.hasPrefix($0.subject) } }
        for part in chosen {
            if isExplained, !bad.contains(where: { $0.hasPrefix(part.subject) }) {
                record.add(part.recorded, at: Date())
            } else {
                record.remove(part.recorded)
            }
        }
        let good = record.coverage(of: all.map(\.recorded), since: .distantPast)
        let times = record.times(of: all.map(\.recorded))
        return SampleResult(
            record: record,
            coverage: SampleResult.Coverage(
                readParts: chosen.count, readBytes: chosen.reduce(0) { $0 + $1.bytes }, goodParts: good.files,
                goodBytes: good.bytes, parts: good.ofFiles, bytes: good.ofBytes, oldest: times?.lowerBound,
                newest: times?.upperBound))
    }
}

extension BackupPart {
    fileprivate var recorded: VerificationRecord.Part {
        VerificationRecord.Part(name: name, bytes: bytes, state: state)
    }
}
