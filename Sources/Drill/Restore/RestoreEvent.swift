import Backup
import Findings

/// Something that happens during a restore, to be shown to a person.
package enum RestoreEvent: Sendable {
    /// A phase begins, and the one before it has ended: `unpack`, `start`, `restore`, `recover`, and `teardown` when the last
    /// database has been checked.
    case phase(DrillPhase)
    /// Several databases are checked: their names at the source, in the order in which that is done.
    case databases([String])
    /// What belongs to none of several databases that are checked: to the backup as a whole, or to a database that is not among them.
    case told([RestoreProblem], [Finding])
    /// What is read of the backup from now on is read for its digest too.
    case digesting
    case digested(BackupDigest)
    /// Which server was picked, and why.
    case server(String)
    /// A fact that gets a line of its own.
    case note(String)
    /// It is known now what the restore runs on.
    case environment(RestoredEnvironment)
    /// An object or a table's rows are being restored: `TABLE DATA public.farmers`.
    case item(String)
    /// Work done and work to do, in entries of an archive or in bytes of a plain dump.
    case progress(done: Int64, total: Int64, unit: ProgressUnit)
}

package enum ProgressUnit: String, Sendable { case entries, bytes }

/// Takes events as they happen; called from several tasks at once.
package typealias RestoreEventSink = @Sendable (RestoreEvent) -> Void
