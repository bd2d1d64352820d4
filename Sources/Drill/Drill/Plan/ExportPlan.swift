import ColdTier
import Postgres
import Storage

/// Which rows of a database go to cold storage, and how: the section `export` of a plan.
package struct ExportPlan: Sendable, Equatable {
    /// A directory, or `s3://bucket/prefix`.
    package var output: String
    /// A live database or a replica; nil exports what a drill of the plan's backup has restored and checked.
    package var database: String?
    package var tables: [ExportRequest.Table]
    package var layout: ExportLayout = .csv
    /// Refuses to store a column as text because Parquet's type cannot hold each of its values.
    package var strictTypes = false
    package var slicing = ExportManifest.Slicing(by: .month, timeZone: "UTC")
    package var compression = ExportManifest.Compression.standard
    package var workers = 0
    /// Nil uses one more than there are cores.
    package var jobs: Int?
    /// Bytes a second.
    package var rate: Int64?
    package var objectLock: ObjectLock?

    package init(output: String, database: String? = nil, tables: [ExportRequest.Table]) {
        self.output = output
        self.database = database
        self.tables = tables
    }
}
