import Rows

/// What a file holds, measured in one pass: either as it was written from the database, or as it was read back from the
/// store. A file is good only if the two are equal.
struct PartContents: Sendable, Equatable {
    var digest = TableDigest()
    /// The smallest and the largest time, as the database prints them; nil where no row has one.
    var minimum: String?
    var maximum: String?
    /// The content sum of the rows if they came from the database; nil if they were read back, because the digest
    /// proves them.
    var contentSum: ContentSum?
    /// Size of the contents before compression, in bytes.
    var rawBytes: Int64 = 0
    /// Size of the file as it is stored, in bytes.
    var bytes: Int64 = 0
    /// SHA-256 of the file as it is stored, lowercase hex; nil if the file was written and not read back yet.
    var sha256: String?
    /// Number of frames that hold rows.
    var rowGroups = 0
    /// What each of them holds, in the order of the file. Where the file was written and not read back yet, only sizes.
    /// Nil if the manifest does not say it: the file is then of a version whose files had a table of frames within them.
    var groups: [ExportManifest.RowGroup]?

    /// The differences, in words for people; empty if there are none.
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
        if let groups, let expected = other.groups, groups.count == expected.count,
            let index = groups.indices.first(where: { !groups[$0].isSame(as: expected[$0]) })
        {
            found.append("row group \(index) is another one")
        }
        return found
    }

    private var span: String { minimum.map { "\($0) to \(maximum ?? "")" } ?? "none" }
}
