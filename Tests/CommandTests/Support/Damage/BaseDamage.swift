import Foundation
import SystemPackage
import TestSupport
import Testing

/// A way in which a good base backup goes bad, and what is said of it then.
struct BaseDamage: Sendable {
    let name: String
    /// A failed finding of an inspection says so.
    let words: String
    /// The exit code of pg_verifybackup: for a manifest with checksums of the files, and for one without; nil where nothing but such a
    /// checksum can show the damage, so that it is not made.
    let verify: (withChecksums: Int32, withoutChecksums: Int32?)
    let file: @Sendable (BasePlaces) -> FilePath
    /// Nil removes the file.
    let change: (@Sendable (inout Data, BasePlaces) -> Void)?

    func verify(_ form: BaseForm) -> Int32? {
        form == .withChecksums ? verify.withChecksums : verify.withoutChecksums
    }

    static let all = [
        BaseDamage(
            name: "a file is missing", words: "missing", verify: (1, 1), file: { $0.backup.appending("pg_xact/0000") },
            change: nil),
        BaseDamage(
            name: "a file ends at a page", words: "bytes, and the manifest says", verify: (1, 1), file: \.table,
            change: { bytes, _ in bytes.removeLast(8192) }),
        BaseDamage(
            name: "a file has a page more", words: "bytes, and the manifest says", verify: (1, 1), file: \.table,
            change: { bytes, _ in bytes += Data(count: 8192) }),
        BaseDamage(
            name: "a page does not fit its checksum", words: "block 3", verify: (1, 0), file: \.table,
            change: { bytes, _ in bytes[3 * 8192 + 5000] ^= 0x10 }),
        BaseDamage(
            name: "a file without pages has a changed byte", words: "the manifest says", verify: (1, nil),
            file: { $0.backup.appending("pg_xact/0000") }, change: { bytes, _ in bytes[0] ^= 0x10 }),
        BaseDamage(
            name: "the control file has a changed byte", words: "its checksum is wrong", verify: (1, 1),
            file: { $0.backup.appending("global/pg_control") }, change: { bytes, _ in bytes[40] ^= 0x10 }),
        BaseDamage(
            name: "the manifest is changed", words: "the manifest is damaged", verify: (1, 1),
            file: { $0.backup.appending("backup_manifest") },
            change: { bytes, _ in
                let size = bytes.range(of: Data("\"Size\": ".utf8))!.upperBound
                bytes[size] = bytes[size] == UInt8(ascii: "9") ? UInt8(ascii: "8") : bytes[size] + 1
            }),
        BaseDamage(
            name: "the label is of another backup", words: "backup_label", verify: (1, 0), file: \.label,
            change: { bytes, places in bytes = places.otherLabel }),
        BaseDamage(
            name: "the label names another timeline", words: "names the timeline 9", verify: (1, 0), file: \.label,
            change: { bytes, _ in
                bytes = Data(String(decoding: bytes, as: UTF8.self).replacing("TIMELINE: 1", with: "TIMELINE: 9").utf8)
            }),
        BaseDamage(
            name: "a segment of the log is missing", words: "not consistent without it", verify: (1, 1),
            file: \.segment, change: nil),
        BaseDamage(
            name: "a segment of the log is cut off", words: "bytes instead of", verify: (0, 0), file: \.segment,
            change: { bytes, _ in bytes.removeLast(9000) }),
        BaseDamage(
            name: "a record of the log has a changed byte", words: "the record there has a wrong checksum",
            verify: (1, 1), file: \.segment, change: { bytes, places in bytes[places.record + 26] ^= 0x10 }),
        BaseDamage(
            name: "the log ends before the backup does", words: "is not consistent before", verify: (1, 1),
            file: \.segment, change: { bytes, places in bytes.resetBytes(in: (places.record + 24)...) }),
    ]
}

/// Where things are in a base backup.
struct BasePlaces: Sendable {
    let backup: FilePath
    /// The file of a table of more than four pages.
    let table: FilePath
    /// The file of the log in which the backup begins.
    let segment: FilePath
    /// Where the first record that a recovery needs is in it.
    let record: Int
    /// The label of a later backup of the same server.
    let otherLabel: Data

    var label: FilePath { backup.appending("backup_label") }

    /// Makes a backup of a server, and another one.
    init(_ form: BaseForm, of cluster: SourceCluster) async throws {
        try await cluster.execute(
            "CREATE TABLE t (i int PRIMARY KEY, note text)",
            "INSERT INTO t SELECT i, repeat('x', 300) FROM generate_series(1, 1000) i", "CHECKPOINT")
        backup = try await cluster.baseBackup("b", form.options)
        table = backup.appending(try await cluster.value("SELECT pg_relation_filepath('t')"))
        let other = try await cluster.baseBackup("o")
        otherLabel = try Data(contentsOf: URL(filePath: other.appending("backup_label").string))
        let label = try String(contentsOfFile: backup.appending("backup_label").string, encoding: .utf8)
        let start = try #require(
            label.firstMatch(of: /START WAL LOCATION: [0-9A-F]+\/([0-9A-F]+) \(file ([0-9A-F]+)\)/))
        segment = backup.appending("pg_wal/\(start.2)")
        record = try #require(Int(start.1, radix: 16)) % (16 << 20)
    }
}
