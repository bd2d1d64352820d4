/// The five-character code that PostgreSQL gives every error (documentation, appendix A). Unlike messages it does
/// not depend on the language or the release of the server.
package struct SQLState: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The first two characters, which name the family: `23` integrity, `53` resources, `XX` internal.
    package var family: String { String(rawValue.prefix(2)) }

    package var description: String { rawValue }
}
