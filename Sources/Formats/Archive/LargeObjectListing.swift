import Bytes

/// The listing of large objects in a directory or tar dump: lines of an OID and the name of the file with its contents.
struct LargeObjectListing {
    /// The longest listing that is read, in bytes: room for millions of objects.
    static let longest = 256 * 1024 * 1024

    private(set) var objects: [UInt32] = []
    /// The number of the first line that is not as `pg_dump` writes it, counted from 1.
    private(set) var brokenLine: Int?

    /// - Parameter bytes: the whole listing; longer than ``longest``, it is damaged.
    init(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: ASCII.newline, omittingEmptySubsequences: false).enumerated() {
            // A line end ends the last line.
            if line.isEmpty, line.endIndex == bytes.endIndex { break }
            guard let oid = Self.object(line), line.endIndex < bytes.endIndex else {
                brokenLine = brokenLine ?? index + 1
                continue
            }
            objects.append(oid)
        }
    }

    /// `16557 blob_16557.dat`: a file of any other name is not read, wherever it may lead.
    private static func object(_ line: ArraySlice<UInt8>) -> UInt32? {
        let digits = line.prefix { ASCII.isDigit($0) }
        guard let oid = UInt32(String(decoding: digits, as: UTF8.self)) else { return nil }
        return line.elementsEqual("\(oid) \(fileName(of: oid))".utf8) ? oid : nil
    }

    /// The name of the listing for an entry of kind `BLOBS`. Before 1.16 there is one listing for all entries, since
    /// then one for each entry.
    static func name(for entry: ArchiveEntry, _ version: ArchiveVersion) -> String {
        version < .withRelationKinds ? "blobs.toc" : "blobs_\(entry.dumpID).toc"
    }

    /// The name of the file with the contents of an object, without the suffix of a compression.
    static func fileName(of oid: UInt32) -> String { "blob_\(oid).dat" }

    /// The object whose contents are in a file of this name, which has no suffix of a compression.
    static func object(ofFile name: String) -> UInt32? {
        guard name.hasPrefix("blob_"), name.hasSuffix(".dat"),
            let oid = UInt32(name.dropFirst(5).dropLast(4)), fileName(of: oid) == name
        else { return nil }
        return oid
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
