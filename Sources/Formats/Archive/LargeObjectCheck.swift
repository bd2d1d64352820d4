/// Compares the listings of large objects with the files that exist.
struct LargeObjectCheck {
    private let contents: TableOfContents
    /// The names of all files of the dump.
    private let names: [String]
    /// Finds a file of the dump by the name in the listing; nil where there is none.
    private let find: (String) -> String?

    /// Whether a whole listing is missing. The objects that it would have named are then not reported one by one.
    var lacksListing = false
    private(set) var findings: [Incompleteness] = []
    private var oids: Set<UInt32> = []
    private var files: Set<String> = []

    init(_ contents: TableOfContents, names: [String], find: @escaping (String) -> String?) {
        self.contents = contents
        self.names = names
        self.find = find
    }

    mutating func add(_ listing: LargeObjectListing, from file: String) {
        if let line = listing.brokenLine {
            findings.append(
                Incompleteness(subject: file, problem: "the listing of large objects is damaged at line \(line)"))
        }
        for (oid, name) in listing.files {
            oids.insert(oid)
            if let found = find(name) {
                files.insert(found)
            } else {
                findings.append(
                    Incompleteness(subject: "large object \(oid)", problem: "its contents, \(name), are missing"))
            }
        }
    }

    /// Call once, after all listings have been added.
    mutating func finish() {
        if lacksListing { return }
        for name in names.sorted() where LargeObjectListing.isContents(name) && !files.contains(name) {
            findings.append(
                Incompleteness(
                    subject: name, problem: "it holds a large object that no listing names, so it would not be restored"
                ))
        }
        // Without a BLOBS entry only the objects themselves were dumped, with no contents.
        guard contents.entries.contains(where: { $0.kind == "BLOBS" && $0.hasData }) else { return }
        for oid in contents.largeObjects.subtracting(oids).sorted() {
            findings.append(
                Incompleteness(subject: "large object \(oid)", problem: "no listing names its contents"))
        }
    }
}
