/// A number and what it counts, for people: `1 row`, `2 rows`.
/// - Parameter many: for every other number than one; an s behind `one` where it is left out.
package func counted(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}
