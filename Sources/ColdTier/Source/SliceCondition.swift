import Postgres

/// The SQL condition that a row belongs to a slice, for a session with ``CanonicalSettings``.
/// - Parameters:
///   - name: of the slice; it distinguishes rows without a time from rows at `-infinity`.
///   - column: quoted.
func sliceCondition(_ name: String, from: String?, to: String?, on column: String) -> String {
    if let from, let to { return "\(column) >= \(quoteLiteral(from)) AND \(column) < \(quoteLiteral(to))" }
    return name == ExportManifest.Slice.nullName ? "\(column) IS NULL" : "\(column) = '-infinity'"
}
