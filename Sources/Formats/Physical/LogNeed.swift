extension WriteAheadLog {
    /// Which part of the log a recovery needs, and what its segments look like.
    package struct Need: Sendable {
        package let start: LogPosition
        package let timeline: UInt32
        /// The position that replay must reach before the copy is consistent; nil where that is not known.
        package let end: LogPosition?
        /// No log after this position is needed. Nil where that is not known: then every gap is reported.
        package let until: LogPosition?
        package let segmentSize: UInt64
        package let systemIdentifier: UInt64
        /// True where the log itself must say that the backup has ended: nothing else says where that is.
        let endsInLog: Bool
        let pageSize: UInt32

        package init(
            start: LogPosition, timeline: UInt32, end: LogPosition?, until: LogPosition? = nil, segmentSize: UInt64,
            systemIdentifier: UInt64, endsInLog: Bool = false, pageSize: UInt32 = 8192
        ) {
            self.start = start
            self.timeline = timeline
            self.end = end
            self.until = until
            self.segmentSize = segmentSize
            self.systemIdentifier = systemIdentifier
            self.endsInLog = endsInLog
            self.pageSize = pageSize
        }

        var firstSegment: UInt64 { start.value / segmentSize }

        func segment(_ number: UInt64) -> LogSegment {
            LogSegment(timeline: timeline, number: number, size: segmentSize)
        }
    }
}

extension WriteAheadLog.Need {
    /// What a copy of a data directory needs: from its label on, or from the latest checkpoint.
    /// - Parameter end: where its manifest says that the log ends which makes it consistent.
    package init(
        of control: ControlFile, _ label: BackupLabel?, manifestEnd end: LogPosition?, until: LogPosition? = nil
    ) {
        let known: LogPosition? =
            if let end {
                end
            } else if label?.isFromStandby == true {
                control.minimumRecovery
            } else {
                // The checkpoint itself must be there, and the log of every page that a standby wrote.
                label == nil ? max(LogPosition(control.checkpoint.value &+ 1), control.minimumRecovery) : nil
            }
        self.init(
            start: label?.start ?? control.redo, timeline: label?.timeline ?? control.timeline, end: known,
            until: until,
            segmentSize: control.segmentSize, systemIdentifier: control.systemIdentifier,
            endsInLog: end == nil && label?.isFromStandby == false, pageSize: control.logPageSize)
    }
}
