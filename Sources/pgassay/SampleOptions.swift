import ArgumentParser
import ColdTier
import Drill
import Findings
import Pages

/// A part of a backup, and the record of what was read before.
struct SampleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read only so much, such as 10%: first what was never read as it is now. Keys, which need all rows, are not looked at.",
            valueName: "share"))
    var sample: Percentage?

    @Flag(
        help:
            "With --sample: read also what was read before and has not changed since, first what was read longest ago.")
    var again = false

    @Option(
        help: ArgumentHelp(
            "With --sample: the file that records what was read, and when. (default: in ./pgassay-reports/)",
            valueName: "file"))
    var record: String?

    func validate() throws {
        if sample == nil, again { throw ValidationError("--again needs --sample.") }
        if sample == nil, record != nil { throw ValidationError("--record needs --sample.") }
    }

    /// Nil where all is read.
    func file(of backup: String) -> RecordFile? {
        sample.map { _ in RecordFile(named: record, of: "backup", at: backup) }
    }

    /// - Throws: ``Failure`` when the record cannot be read.
    func request(_ file: RecordFile?) throws -> SampleRequest? {
        guard let sample, let file else { return nil }
        return SampleRequest(share: sample.share, again: again, record: try file.read())
    }
}

extension SampleResult.Coverage {
    /// How far it is, in words for people: one or two lines.
    var text: ShownText {
        let share = bytes == 0 ? 100 : goodBytes * 100 / bytes
        let times: ShownText =
            if let oldest, let newest {
                ", between \(oldest.formatted(.iso8601)) and \(newest.formatted(.iso8601))"
            } else {
                ""
            }
        let read: ShownText =
            readParts == 0 && goodParts == parts
            ? "All of it was read before, and nothing has changed since: no part was read again (--again reads them)."
            : "Read \(counted(readParts, "part")), \(HumanUnits.bytes(readBytes))."
        return read
            + "\nFound good so far: \(goodParts) of \(counted(parts, "part")), \(share) % of the bytes\(times).\n"
    }
}
