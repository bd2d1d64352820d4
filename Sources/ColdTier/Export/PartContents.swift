import Rows

/// What a file holds, found out in one pass: as it was written from the database, or as it was read back from where it is
/// stored. An export counts only where the two are equal.
struct PartContents: Sendable, Equatable {
    var digest = TableDigest()
    /// The smallest and the largest time, as the database prints them; nil where no row has one.
    var minimum: String?
    var maximum: String?
    /// Of the rows, where they came from the database; nil where they were read back, which the digest proves.
    var contentSum: ContentSum?
    /// Of the file, uncompressed.
    var rawBytes: Int64 = 0
    /// Of the file as it is stored.
    var bytes: Int64 = 0
    /// Of the file as it is stored, lowercase hex; nil where it was written and not read back yet.
    var sha256: String?
    /// Frames with rows in them.
    var rowGroups = 0

    /// What differs, in words for people; nothing where all is equal.
    func differences(from other: PartContents) -> [String] {
        var found: [String] = []
        if digest.rows != other.digest.rows {
            found.append("\(digest.rows) rows instead of \(other.digest.rows)")
        } else if digest != other.digest {
            found.append("other rows (digest \(digest.hash) instead of \(other.digest.hash))")
        }
        if minimum != other.minimum || maximum != other.maximum {
            found.append("times \(span) instead of \(other.span)")
        }
        if let sha256, let expected = other.sha256, sha256 != expected {
            found.append("SHA-256 \(sha256) instead of \(expected)")
        }
        if bytes != other.bytes { found.append("\(bytes) bytes instead of \(other.bytes)") }
        if rawBytes != other.rawBytes { found.append("\(rawBytes) bytes uncompressed instead of \(other.rawBytes)") }
        if rowGroups != other.rowGroups { found.append("\(rowGroups) row groups instead of \(other.rowGroups)") }
        return found
    }

    private var span: String { minimum.map { "\($0) to \(maximum ?? "")" } ?? "none" }
}
