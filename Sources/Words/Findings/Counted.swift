/// A number and what it counts, for people: `1 row`, `2 rows`.
/// - Parameter many: the word for every number except one; if it is left out, `one` with an s at its end.
package func counted(_ count: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}

/// The first names of a list, for a message that must stay short.
/// - Parameter most: how many are named.
package func firstOf(_ names: [String], atMost most: Int = 5) -> String {
    names.prefix(most).joined(separator: ", ") + (names.count > most ? ", …" : "")
}
