/// A phase of a drill. The raw value is its name in reports.
///
/// Most phases follow one another; two phases may also run at the same time.
package enum DrillPhase: String, Sendable, CaseIterable {
    /// Which backup is drilled is settled.
    case find
    /// The backup is brought to this machine.
    case fetch
    /// The backup is read for its digest.
    case digest
    /// The backup is opened and looked through, without a server.
    case inspect
    /// Archives inside the backup are unpacked, or incremental backups combined.
    case unpack
    /// The scratch server is made and started.
    case start
    /// The backup is loaded into the server, or laid out as its data directory.
    case restore
    /// The server replays the log of a base backup.
    case recover
    /// The restored database is checked.
    case check
    /// Rows of the restored database are exported.
    case export
    /// What the drill made is removed.
    case teardown

    /// True if the time of this phase is part of the recovery time: after a loss, this work must be done before the
    /// database answers again.
    package var isRecovery: Bool {
        switch self {
        case .fetch, .unpack, .start, .restore, .recover: true
        case .find, .digest, .inspect, .check, .export, .teardown: false
        }
    }
}
