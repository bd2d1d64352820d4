/// What must be restored before a table can be read while the rest of the restore goes on.
///
/// A reader holds ACCESS SHARE on a table and its indexes, so a restore step that needs ACCESS EXCLUSIVE on them would
/// have to wait for the reader (documentation of PostgreSQL, 13.3.1). So the table's rows must be loaded, and every
/// step that alters the table must be done.
package struct TablePrerequisites: Sendable, Equatable {
    package let namespace: String?
    package let table: String
    /// The entries after which reading the table blocks no later step of the restore.
    package fileprivate(set) var reading: Set<Int32> = []
    /// The entries after which a SHARE lock on the table, which keeps others from writing to it, blocks no later step
    /// of the restore.
    package fileprivate(set) var locking: Set<Int32> = []
}

extension TableOfContents {
    /// The prerequisites of every table of the archive.
    package var prerequisites: [TablePrerequisites] {
        let known = entriesByID
        var found = Dictionary(
            uniqueKeysWithValues: tables.map {
                ($0.dumpID, TablePrerequisites(namespace: $0.namespace, table: $0.tag))
            })
        var inherited: [Int32: Set<Int32>] = [:]
        for entry in entries where entry.section == .data || entry.section == .postData {
            for table in tablesOf(entry, known) {
                found[table]?.locking.insert(entry.dumpID)
                if !entry.allowsReaders { found[table]?.reading.insert(entry.dumpID) }
                if entry.reachesPartitions { inherited[table, default: []].insert(entry.dumpID) }
            }
        }
        let parents = self.parents(known)
        for table in found.keys {
            for ancestor in Self.ancestors(of: table, parents) {
                for id in inherited[ancestor] ?? [] {
                    found[table]?.locking.insert(id)
                    if known[id]?.allowsReaders == false { found[table]?.reading.insert(id) }
                }
            }
        }
        for family in rowsLoadedTogether.values {
            for id in family {
                for table in known[id].map({ tablesOf($0, known) }) ?? [] {
                    found[table]?.reading.formUnion(family)
                    found[table]?.locking.formUnion(family)
                }
            }
        }
        return tables.compactMap { found[$0.dumpID] }
    }

    /// The tables that an entry of the data or post-data section is about. Dependencies are followed through other
    /// post-data entries: an index's attachment depends on two indexes, and these depend on their tables.
    private func tablesOf(_ entry: ArchiveEntry, _ known: EntriesByID) -> Set<Int32> {
        var tables: Set<Int32> = []
        var seen: Set<Int32> = [entry.dumpID]
        var waiting = entry.dependencies
        while let id = waiting.popLast() {
            guard seen.insert(id).inserted, let next = known[id] else { continue }
            if next.kind == "TABLE" {
                tables.insert(id)
            } else if next.section == .postData {
                waiting += next.dependencies
            }
        }
        return tables
    }

    /// The tables that each table is a partition of or inherits from.
    private func parents(_ known: EntriesByID) -> [Int32: Set<Int32>] {
        var parents: [Int32: Set<Int32>] = [:]
        for entry in entries {
            let named = entry.dependencies.filter { known[$0]?.kind == "TABLE" }
            if entry.kind == "TABLE" {
                parents[entry.dumpID, default: []].formUnion(named)
            } else if entry.kind == "TABLE ATTACH", let child = named.first(where: { known[$0]?.tag == entry.tag }) {
                parents[child, default: []].formUnion(named.filter { $0 != child })
            }
        }
        return parents
    }

    private static func ancestors(of table: Int32, _ parents: [Int32: Set<Int32>]) -> Set<Int32> {
        var ancestors: Set<Int32> = []
        var waiting = Array(parents[table] ?? [])
        while let next = waiting.popLast() {
            guard ancestors.insert(next).inserted else { continue }
            waiting += parents[next] ?? []
        }
        return ancestors
    }

    /// Data entries whose rows are loaded through the root of a partition tree and may end up in any of its leaves
    /// (`pg_dump --load-via-partition-root`), grouped by what their definitions say about the root.
    private var rowsLoadedTogether: [String: Set<Int32>] {
        let marked = entries.filter {
            $0.kind == "TABLE DATA" && $0.definition.hasPrefix("-- load via partition root ")
        }
        return Dictionary(grouping: marked, by: \.definition).mapValues { Set($0.map(\.dumpID)) }
    }
}

extension ArchiveEntry {
    /// True if the statement takes no lock that conflicts with readers (SHARE ROW EXCLUSIVE at most), or builds an
    /// index that takes long.
    fileprivate var allowsReaders: Bool {
        ["FK CONSTRAINT", "TRIGGER", "STATISTICS", "STATISTICS DATA", "PUBLICATION TABLE", "COMMENT", "ACL"].contains(
            kind) || isLongIndex
    }

    /// True for an index of a kind that takes long to build, often longer than everything else of its table. Building
    /// it takes SHARE, for which only writers wait. Reading waits for indexes of other kinds: they are built soon; they
    /// may become the table's replica identity, which needs the table exclusively; and they tell which time columns to
    /// ask about, for which the table would otherwise be read again.
    private var isLongIndex: Bool {
        kind == "INDEX" && ["gin", "gist", "spgist"].contains { definition.contains(" USING \($0) (") }
    }

    /// True if the statement on a parent also alters its partitions and children.
    fileprivate var reachesPartitions: Bool { ["FK CONSTRAINT", "CHECK CONSTRAINT", "TRIGGER"].contains(kind) }
}
