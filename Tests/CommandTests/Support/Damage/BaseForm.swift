import Testing

/// A way in which a base backup is made.
enum BaseForm: String, Sendable, CaseIterable, CustomTestStringConvertible {
    /// As `pg_basebackup` makes it.
    case withChecksums = "checksums"
    /// With `--manifest-checksums=NONE`.
    case withoutChecksums = "no checksums"

    /// The oldest PostgreSQL that tests have, and the newest.
    var major: Int { self == .withChecksums ? 15 : 18 }
    var options: [String] { self == .withChecksums ? [] : ["--manifest-checksums=NONE"] }
    var testDescription: String { "\(rawValue) in its manifest, PostgreSQL \(major)" }
}
