import Evidence
import Manifest
import Postgres
import SystemPackage

/// What is to be captured, and how much of the source it may take.
package struct CaptureRequest: Sendable {
    package var target: ConnectionTarget
    /// The dump that is made, or the base backup that is there. The manifest goes beside it.
    package var output: FilePath
    /// Arguments of pg_dump; nil where a base backup is there already.
    package var dumpArguments: [String]?
    /// The program; nil looks for one that fits the server.
    package var dumpProgram: FilePath?
    /// The tables whose rows are read; nil for all that the dump holds.
    package var tables: [TableName]?
    /// Connections that read at the same time, besides pg_dump's.
    package var jobs: Int
    /// How many bytes a second are read, besides what pg_dump reads; nil means no limit.
    package var rate: Int64?
    /// How long the server may work on one statement; nil means no limit.
    package var statementTimeout: Duration?
    /// Places that links of a base backup may lead to.
    package var follow: [FilePath]
    /// If nil, the manifest is not signed, and says so.
    package var signer: (any Signer)?
    package var toolVersion: String

    package init(
        target: ConnectionTarget, output: FilePath, dumpArguments: [String]?, dumpProgram: FilePath? = nil,
        tables: [TableName]? = nil, jobs: Int = 2, rate: Int64? = nil, statementTimeout: Duration? = nil,
        follow: [FilePath] = [], signer: (any Signer)?, toolVersion: String
    ) {
        self.target = target
        self.output = output
        self.dumpArguments = dumpArguments
        self.dumpProgram = dumpProgram
        self.tables = tables
        self.jobs = jobs
        self.rate = rate
        self.statementTimeout = statementTimeout
        self.follow = follow
        self.signer = signer
        self.toolVersion = toolVersion
    }

    var manifestPath: FilePath { ManifestFile.path(beside: output) }
}

/// What a capture is going to cost the source, before it begins.
package struct CaptureCost: Sendable {
    package let database: String
    package let serverVersion: String
    package let isReplica: Bool
    /// Tables whose rows are read.
    package let tables: Int
    /// How much is read of them, as it lies on disk.
    package let bytes: Int64
    package let connections: Int
    package let rate: Int64?
    /// The version of pg_dump; nil if none is run.
    package let dumpProgram: String?
}

package enum CaptureEvent: Sendable {
    case cost(CaptureCost)
    case note(String)
    /// What is being read now.
    case item(String)
    case progress(done: Int64, total: Int64)
}

package typealias CaptureEventSink = @Sendable (CaptureEvent) -> Void

/// A capture that has ended.
package struct CaptureResult: Sendable {
    package let manifest: SourceManifest
    /// The bytes that were signed.
    package let statement: [UInt8]
    package let file: FilePath
    /// Of that file, in lowercase hex.
    package let sha256: String
    /// Of the backup, as a report has it.
    package let backupDigest: [String: String]
}
