import Bytes
import SystemPackage

/// Something that a dump should contain and does not contain.
package struct Incompleteness: Sendable, Hashable {
    /// What is affected: a table as `schema.name`, a large object, or a file of the dump.
    package let subject: String
    /// What is wrong with it, as a clause: "its data file 3487.dat is missing".
    package let problem: String

    package init(subject: String, problem: String) {
        self.subject = subject
        self.problem = problem
    }
}

extension Incompleteness: CustomStringConvertible {
    package var description: String { "\(subject): \(problem)" }
}

extension Dump {
    /// Finds missing data that `pg_restore` and psql do not notice.
    ///
    /// - directory: reads and decodes every file to its end. Checks that data ends as `pg_dump` ends it, and that all
    ///   large objects are listed.
    /// - tar: looks at every member's header and the end of its data; reads no data otherwise.
    /// - custom: checks that the file is long enough for the data offsets in it. `pg_restore` itself notices data that
    ///   is cut off.
    /// - plain: checks that a script that is not compressed ends with its footer. For every script, the summary of
    ///   ``PlainScript`` after the whole script has passed counts too.
    ///
    /// Some losses leave no trace in the dump and are not found: rows that a policy hid from `pg_dump`, and an
    /// uncompressed directory dump that was interrupted between two tables and looks clean.
    ///
    /// - Parameter progress: called from time to time with the number of bytes of the dump that were processed so far;
    ///   may throw to stop.
    /// - Returns: an empty array for a dump that is complete as far as can be told.
    /// - Throws: ``ArchiveError`` where the dump could not be read (a dump that was read and is incomplete is not an
    ///   error); what `progress` throws.
    package func incompleteness(progress: (Int64) throws -> Void = { _ in }) throws -> [Incompleteness] {
        switch format {
        case .custom: try CustomCompleteness(self).check()
        case .directory: try DirectoryCompleteness(self).check(progress)
        case .tar: try TarCompleteness(self).check(progress)
        case .plain: try PlainCompleteness(self).check()
        }
    }
}

extension ArchiveEntry {
    /// How a finding names the entry: `schema.table`, `large objects 16557..16558`.
    var subject: String {
        if kind == "BLOBS" { return tag == "BLOBS" ? "large objects" : "large objects \(tag)" }
        return namespace.map { "\($0).\(tag)" } ?? tag
    }
}

/// Checks that a custom archive is long enough for the data offsets in its table of contents.
struct CustomCompleteness {
    private let dump: Dump

    init(_ dump: Dump) {
        self.dump = dump
    }

    func check() throws(ArchiveError) -> [Incompleteness] {
        let size = try InputFile(dump.file).size
        return (dump.contents?.entries ?? []).compactMap { entry in
            guard case .offset(let offset) = entry.data, offset >= size else { return nil }
            return Incompleteness(
                subject: entry.subject,
                problem: "its data should be at byte \(offset), and the file ends at byte \(size)")
        }
    }
}

/// Checks that a plain dump has its last line.
struct PlainCompleteness {
    /// How many bytes at the end of the script are searched for that line.
    private static let tailSize = 64 * 1024

    private let dump: Dump

    init(_ dump: Dump) {
        self.dump = dump
    }

    func check() throws(ArchiveError) -> [Incompleteness] {
        guard dump.compression == .none, let header = dump.plainHeader else { return [] }
        let file = try InputFile(dump.file)
        let start = max(0, file.size - Int64(Self.tailSize))
        let tail = try file.bytes(at: start, count: Self.tailSize)
        let footer = header.isCluster ? PlainMarker.clusterFooter : PlainMarker.footer
        let lines = PlainHeader.lines(of: tail[...])
        if lines.contains(where: { $0.elementsEqual(footer) }) { return [] }
        return [
            Incompleteness(
                subject: dump.name,
                problem: "the script does not end with \"\(footer)\": the end of it is missing")
        ]
    }
}
