/// A file of a relation's pages, by its path in a data directory (PostgreSQL documentation, "Database File Layout").
package struct RelationFile: Sendable, Equatable {
    /// 0 for relations that all databases share.
    package let database: UInt32
    /// 0 for the database's default, which is `base`, and for shared relations; else the tablespace's OID, which its
    /// link in `pg_tblspc` has as its name.
    package let tablespace: UInt32
    /// What `pg_relation_filenode()` gives.
    package let node: UInt32
    /// `main`, `fsm`, `vm` or `init`.
    package let fork: String
    /// The number of the file among the files of the relation, from 0. Each holds 1 GiB of it.
    package let segment: UInt32

    package static let blocksPerSegment: UInt32 = 131_072

    /// - Parameter path: relative to the data directory: `base/5/16384_vm`, `global/1262`, `base/5/16384.1`,
    ///   `pg_tblspc/16400/PG_17_202406281/5/16390`.
    /// - Returns: nil for a file that has no pages, and for temporary relations, which no server keeps.
    package init?(path: String) {
        let parts = path.split(separator: "/")
        switch parts.count {
        case 2 where parts[0] == "global":
            (tablespace, database) = (0, 0)
        case 3 where parts[0] == "base":
            guard let number = UInt32(parts[1]) else { return nil }
            (tablespace, database) = (0, number)
        case 5 where parts[0] == "pg_tblspc" && parts[2].hasPrefix("PG_"):
            guard let space = UInt32(parts[1]), let number = UInt32(parts[3]) else { return nil }
            (tablespace, database) = (space, number)
        default: return nil
        }
        var name = parts[parts.count - 1]
        if let dot = name.firstIndex(of: ".") {
            guard let number = UInt32(name[name.index(after: dot)...]), number > 0,
                number <= UInt32.max / Self.blocksPerSegment
            else { return nil }
            segment = number
            name = name[..<dot]
        } else {
            segment = 0
        }
        if let underscore = name.firstIndex(of: "_") {
            let suffix = String(name[name.index(after: underscore)...])
            guard ["fsm", "vm", "init"].contains(suffix) else { return nil }
            fork = suffix
            name = name[..<underscore]
        } else {
            fork = "main"
        }
        guard name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = UInt32(name)
        else { return nil }
        node = number
    }

    /// The number of its first page.
    package var firstBlock: UInt32 { segment * Self.blocksPerSegment }
}
