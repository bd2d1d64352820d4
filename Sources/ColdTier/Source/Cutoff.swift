import Postgres
import SourceSnapshot

extension SourceSnapshot {
    /// The first moment that is not cold, in the form that columns of this type have.
    /// - Throws: ``ExportError/badTime(_:reason:)``, ``PostgresError``.
    func cutoff(
        _ cutoff: ExportRequest.Cutoff, for type: String, _ slicing: ExportManifest.Slicing
    ) async throws -> String {
        var (interval, moment): (String?, String?) = (nil, nil)
        switch cutoff {
        case .olderThan(let span): interval = span.interval
        case .before(let text): moment = text
        }
        do {
            // A moment without a zone is read in the slicing's time zone.
            _ = try await leader.query("SELECT pg_catalog.set_config('TimeZone', $1, true)", [slicing.timeZone])
            let row = try await leader.query(
                SQLFile.cutoff.text, [slicing.timeZone, slicing.by.rawValue, interval, moment])[0]
            _ = try await leader.query("SELECT pg_catalog.set_config('TimeZone', 'UTC', true)")
            return try row.need(type == "timestamp with time zone" ? "with_zone" : "without_zone")
        } catch let error as PostgresError where ["22007", "22008", "22023"].contains(error.sqlState?.rawValue) {
            throw ExportError.badTime(moment ?? slicing.timeZone, reason: error.description)
        }
    }
}
