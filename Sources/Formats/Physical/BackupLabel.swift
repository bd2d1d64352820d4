/// Where the replay of a backup must begin, as the server wrote it into the backup: the file `backup_label`
/// (`build_backup_content`).
package struct BackupLabel: Sendable, Equatable {
    package static let fileName = "backup_label"

    /// Replay begins here.
    package let start: LogPosition
    package let timeline: UInt32
    /// True if a standby was backed up: its log does not say where the backup ends.
    package let isFromStandby: Bool
    /// As the server printed it, in its own time zone: `2026-11-25 02:00:01 UTC`.
    package let startTime: String?
    /// Where the backup starts that this one builds on. Set in an incremental backup only, which cannot be used without
    /// the other.
    package let incrementalFrom: LogPosition?
    /// The timeline of that start.
    package let incrementalTimeline: UInt32?

    /// - Returns: nil where the text is not that of such a file.
    package init?(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
        }
        guard let location = values["START WAL LOCATION"]?.prefix(while: { $0 != " " }),
            let start = LogPosition(location), let timeline = values["START TIMELINE"].flatMap({ UInt32($0) })
        else { return nil }
        self.start = start
        self.timeline = timeline
        isFromStandby = values["BACKUP FROM"] == "standby"
        startTime = values["START TIME"].map(String.init)
        incrementalTimeline = values["INCREMENTAL FROM TLI"].flatMap { UInt32($0) }
        incrementalFrom = values["INCREMENTAL FROM LSN"].flatMap { LogPosition($0) }
    }
}
