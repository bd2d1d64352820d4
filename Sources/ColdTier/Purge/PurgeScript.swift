/// The script that removes from a database what an export holds.
package enum PurgeScript {
    /// Its name in a store.
    package static let fileName = "purge.sql"
}
extension PurgeScript { static func text(for: ExportManifest) -> String { "" } }
