import Postgres

/// That a row is of a slice, for SQL in a session with ``CanonicalSettings``.
/// - Parameters:
///   - name: of the slice; tells rows without a time from those before all time.
///   - column: quoted.
func sliceCondition(_ name: String, from: String?, to: String?, on column: String) -> String {
    if let from, let to { return "\(column) >= \(quoteLiteral(from)) AND \(column) < \(quoteLiteral(to))" }
    return name == ExportManifest.Slice.nullName ? "\(column) IS NULL" : "\(column) = '-infinity'"
}
