import Bytes

/// The listing of large objects in a directory or tar dump: lines of an OID and the name of the file with its contents.
struct LargeObjectListing {
    /// The longest listing that is read, in bytes: room for millions of objects.
    static let longest = 256 * 1024 * 1024

    private(set) var files: [(oid: UInt32, file: String)] = []
    /// The number of the first line that could not be parsed, counted from 1.
    private(set) var brokenLine: Int?

    init(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: ASCII.newline, omittingEmptySubsequences: true).enumerated() {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard fields.count == 2, let oid = UInt32(String(decoding: fields[0], as: UTF8.self)) else {
                brokenLine = brokenLine ?? index + 1
                continue
            }
            files.append((oid, String(decoding: fields[1], as: UTF8.self)))
        }
        if let last = bytes.last, last != ASCII.newline { brokenLine = files.count }
    }

    /// The name of the listing for an entry of kind `BLOBS`. Before 1.16 there is one listing for all entries, since
    /// then one for each entry.
    static func name(for entry: ArchiveEntry, _ version: ArchiveVersion) -> String {
        version < .withRelationKinds ? "blobs.toc" : "blobs_\(entry.dumpID).toc"
    }

    /// Whether a file of a dump has the contents of a large object, judged by its name: `blob_16557.dat`.
    static func isContents(_ name: String) -> Bool {
        name.hasPrefix("blob_") && name.contains(".dat")
    }
}

extension TableOfContents {
    /// The OIDs of all large objects that the archive creates.
    package var largeObjects: Set<UInt32> {
        var oids: Set<UInt32> = []
        for entry in entries {
            switch entry.kind {
            case "BLOB": oids.insert(entry.oid)
            case "BLOB METADATA":
                oids.formUnion(entry.definition.split(separator: "\n").compactMap { UInt32($0) })
            default: break
            }
        }
        return oids
    }
}
