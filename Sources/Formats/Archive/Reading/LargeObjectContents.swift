import Rows

/// The contents of an archive's large objects, each by its hash.
package struct LargeObjectContents: Sendable {
    /// XXH3-128 of the contents, and how many bytes they are, by the object's OID.
    package internal(set) var byOID: [UInt32: RowHash.Value]

    package init(byOID: [UInt32: RowHash.Value] = [:]) { self.byOID = byOID }

    package var count: Int { byOID.count }
    package var bytes: Int64 { byOID.values.reduce(0) { $0 + $1.count } }
}

/// Compares what an archive says of its large objects with the contents that are there.
///
/// The table of contents creates the objects (`BLOB`, `BLOB METADATA`). In a directory or tar dump, a listing names the
/// file of each; in a custom archive, the contents follow each other in a block.
struct LargeObjectLedger {
    /// Whether listings name the objects, as in a directory or tar dump.
    let hasListings: Bool
    private(set) var contents = LargeObjectContents()
    /// What the listings name; without listings, what was found.
    private var listed: Set<UInt32> = []
    /// Contents that were found, whether they could be read or not.
    private var found: [UInt32: String] = [:]
    /// Whether a whole listing is missing, or was cut off. The objects that it would have named are then not reported
    /// one by one.
    var lacksListing = false

    init(hasListings: Bool) { self.hasListings = hasListings }

    /// Takes the listing of an entry.
    mutating func list(_ listing: LargeObjectListing, in file: String, _ flaws: inout DumpFlaws) {
        if let line = listing.brokenLine {
            flaws.add(file, "the listing of large objects is damaged at line \(line)")
        }
        for oid in listing.objects where !listed.insert(oid).inserted {
            flaws.add("large object \(oid)", "it is listed twice")
        }
    }

    /// Takes the contents of an object.
    /// - Parameters:
    ///   - place: the name of its file, or of the file with all of them.
    ///   - digest: nil if the contents are damaged.
    mutating func add(_ oid: UInt32, in place: String, _ digest: RowHash.Value?, _ flaws: inout DumpFlaws) {
        if found.updateValue(place, forKey: oid) != nil {
            flaws.add("large object \(oid)", "its contents are there twice")
        }
        if !hasListings { listed.insert(oid) }
        if let digest { contents.byOID[oid] = digest }
    }

    /// Call once, when everything was added.
    /// - Parameters:
    ///   - declared: the objects that the table of contents creates.
    ///   - hasData: whether it has entries with the contents of large objects.
    func finish(declared: Set<UInt32>, hasData: Bool, _ flaws: inout DumpFlaws) {
        if lacksListing { return }
        for oid in listed.subtracting(found.keys).sorted() {
            flaws.add("large object \(oid)", "its contents, \(LargeObjectListing.fileName(of: oid)), are missing")
        }
        for (oid, place) in found.sorted(by: { $0.key < $1.key }) where !listed.contains(oid) {
            flaws.add(place, "it holds a large object that no listing names, so it would not be restored")
        }
        // Without a BLOBS entry only the objects themselves were dumped, with no contents; in a dump of data alone it is
        // the other way round.
        if hasData {
            for oid in declared.subtracting(listed).sorted() {
                flaws.add(
                    "large object \(oid)", hasListings ? "no listing names its contents" : "its contents are missing")
            }
        }
        if !declared.isEmpty {
            for oid in listed.subtracting(declared).sorted() {
                flaws.add("large object \(oid)", "it has contents, and no entry creates it")
            }
        }
    }
}
