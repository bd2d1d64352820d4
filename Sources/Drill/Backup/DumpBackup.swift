import Archive
import Compression
import Files
import Findings
import Foundation
import SystemPackage
import Values

/// A backup made by pg_dump, in any of its formats.
package struct DumpBackup: FileBackup {
    package let dump: Dump
    let clock: BackupClock
    /// Findings about it from earlier steps, for the report.
    package var told: [Finding] = []
    /// What it holds; nil before it was inspected.
    package private(set) var reading: DumpReading?

    init(dump: Dump, clock: BackupClock, reading: DumpReading? = nil) {
        (self.dump, self.clock, self.reading) = (dump, clock, reading)
    }

    package var trees: [OpenTree] { [dump.tree] }

    package static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> DumpBackup? {
        DumpBackup(dump: try Dump.open(tree), clock: clock)
    }

    package var description: BackupDescription {
        let header = dump.contents?.header
        let created = creation
        return BackupDescription(
            kind: "dump", format: dump.format.rawValue,
            compression: dump.format == .plain ? dump.layers.words : dump.compression.rawValue, bytes: dump.bytes,
            created: created.date, createdBasis: created.basis,
            serverVersion: header?.serverVersion ?? dump.plainHeader?.serverVersion,
            dumpVersion: header?.dumpVersion ?? dump.plainHeader?.dumpVersion,
            database: header?.databaseName ?? dump.plainHeader?.databaseName)
    }

    /// A dump that we unpacked in a scratch directory.
    /// - Throws: ``FlawedBackup`` if it has a flaw that shows without a server; ``Archive/ArchiveError``.
    package init(unpackedAt path: FilePath, clock: BackupClock) throws {
        self.init(dump: try Dump.open(.ofBackup(at: path)), clock: clock)
        told = try inspect { _ in try Task.checkCancellation() }
        guard !told.contains(where: { $0.status == .failed }) else { throw FlawedBackup(findings: told) }
    }

    /// An archive says when it was begun, in the local time of the machine that dumped. A plain dump says nothing, so
    /// the time of the file is used.
    private var creation: (date: Date?, basis: String) {
        if let local = dump.contents?.header.created, let date = local.date(in: clock.timeZone) {
            return (date, "archive header, read in \(clock.name)")
        }
        return (
            Date(timeIntervalSince1970: dump.tree.state.modified.secondsSince1970), "modification time of the file"
        )
    }

    package var inspection: String { "read it to its last byte, and count its rows" }

    package mutating func inspect(progress: @escaping (Int64) throws -> Void) throws -> [Finding] {
        try inspect(keys: nil, only: nil, wanted: WantedRows(), progress)
    }

    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        try inspect(
            keys: KeyStore(directory: setting.scratch.string), only: setting.only, wanted: setting.wanted,
            setting.following(dump.bytes))
    }

    private mutating func inspect(
        keys: KeyStore?, only: Set<String>?, wanted: WantedRows, _ progress: @escaping (Int64) throws -> Void
    ) throws -> [Finding] {
        let links = links
        guard links.isEmpty else { return links }
        let reading = try dump.read(keys: keys, only: only, wanted: wanted, progress: progress)
        if let form = reading.form { throw NotABackup(form, dump.tree.path.string) }
        self.reading = reading
        return findings(about: reading, isWhole: only == nil)
    }
}

extension LocalTime {
    /// The moment at which a clock in the time zone showed this time; if it showed it twice, the first of them.
    func date(in timeZone: TimeZone) -> Date? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar.date(
            from: DateComponents(
                year: year, month: month, day: day, hour: hour, minute: minute, second: min(second, 59)))
    }
}

extension NotABackup {
    /// Of a dump that may be good, in a form that no drill takes.
    init(_ form: DumpForm, _ name: String) {
        switch form {
        case .forUpgrade:
            self.init(
                name: name,
                what: """
                    a dump that only pg_upgrade can load (pg_dump --binary-upgrade), which keeps the rows in the old server's files
                    """,
                advice: "dump the database without --binary-upgrade (pg_dump -Fc DATABASE), and name that")
        case .startsAnew(let line):
            self.init(
                name: name,
                what: """
                    several dumps in one file, and the one that begins in line \(line) drops what was made before it, so that psql is \
                    left with the last alone
                    """,
                advice: """
                    cut the last out of it, decompressed (tail -n +\(line)), and name that; let the job write a file of its own each \
                    time (>, not >>)
                    """)
        case .ofDatabases(let names):
            self.init(
                name: name,
                what: """
                    a script of \(counted(names.count, "database")) (\(firstOf(names))), and pg_dumpall did not write it
                    """,
                advice: "dump each into a file of its own (pg_dump -Fc DATABASE), in one directory, and name that")
        }
    }
}
