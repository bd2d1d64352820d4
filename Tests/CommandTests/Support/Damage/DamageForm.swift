import Sample
import TestSupport
import Testing

/// A way in which a dump is made: each kind of damage is made in every form that it applies to.
struct DamageForm: Sendable, Hashable, CustomTestStringConvertible {
    let major: Int
    let format: SampleFormat
    /// As pg_dump names it.
    var compression = "none"

    /// The oldest PostgreSQL that tests have, and one that has every compression.
    static let all =
        [
            (15, SampleFormat.custom, ["none", "gzip"]), (15, .directory, ["none", "gzip"]), (15, .tar, ["none"]),
            (15, .plain, ["none"]), (17, .custom, ["none", "gzip", "lz4", "zstd"]),
            (17, .directory, ["none", "gzip", "lz4", "zstd"]), (17, .tar, ["none"]), (17, .plain, ["none", "gzip"]),
        ].flatMap { major, format, compressions in
            compressions.map { DamageForm(major: major, format: format, compression: $0) }
        }

    /// Rows lie in it as they are.
    var isReadable: Bool { compression == "none" }
    var isArchive: Bool { format != .plain }

    /// The arguments of pg_dump.
    var options: [String] {
        switch format {
        case .tar: []
        case .plain where compression == "none": []
        default: [major < 16 ? "--compress=\(compression == "none" ? 0 : 6)" : "--compress=\(compression)"]
        }
    }

    /// What the names of data files of a directory end in.
    var suffix: String { ["none": "", "gzip": ".gz", "lz4": ".lz4", "zstd": ".zst"][compression]! }

    /// The same for all versions.
    var name: String {
        switch format {
        case .tar: "tar"
        case .plain: compression == "none" ? "script" : "script \(compression)"
        case .custom, .directory: "\(format.rawValue) \(compression)"
        }
    }

    var testDescription: String { "\(name), PostgreSQL \(major)" }
}
