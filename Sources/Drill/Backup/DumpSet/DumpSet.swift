import Archive
import Compression
import Files
import Findings
import Foundation
import SystemPackage

/// The dumps of several databases of a server that are one backup: a directory with a dump of each, or a script of `pg_dumpall`.
/// Perhaps with what belongs to the server as a whole (``Archive/ServerGlobals``).
package struct DumpSet: FileBackup {
    package let tree: OpenTree
    let clock: BackupClock
    let source: Source
    /// The dumps that can be restored, in the order of their databases' names or of the script. Those of a script are known once it was
    /// inspected.
    package internal(set) var dumps: [DatabaseDump] = []
    /// What the backup holds of the server as a whole; nil where it holds nothing.
    package internal(set) var globals: ServerGlobals?
    /// Where they come from, if somebody named a file for them.
    var named: NamedGlobals?

    enum Source: Sendable {
        /// One dump, beside which a person has named globals.
        case dump
        case directory(DumpDirectory)
        /// A script of `pg_dumpall`.
        case script(Dump)
    }

    package var trees: [OpenTree] { [tree] + (named.map { [$0.tree] } ?? []) }

    package static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> DumpSet? {
        if tree.isDirectory {
            guard tree.state(of: "toc.dat") == nil else { return nil }
            let directory = DumpDirectory(tree, clock: clock)
            return directory.isSet ? DumpSet(tree: tree, clock: clock, directory) : nil
        }
        guard let file = tree.file(), try FileStart(of: file).isClusterDump else { return nil }
        return DumpSet(tree: tree, clock: clock, source: .script(try Dump.open(tree)))
    }

    init(tree: OpenTree, clock: BackupClock, source: Source) {
        (self.tree, self.clock, self.source) = (tree, clock, source)
    }

    private init(tree: OpenTree, clock: BackupClock, _ directory: DumpDirectory) {
        self.init(tree: tree, clock: clock, source: .directory(directory))
        dumps = directory.dumps.compactMap { entry in
            (try? entry.content.get()).map {
                DatabaseDump(database: entry.database ?? entry.name, file: entry.name, backup: $0)
            }
        }.sorted { $0.database < $1.database }
        // Tablespaces have owners.
        let scripts = directory.globals.compactMap { try? $0.content.get() }.sorted {
            !$0.roles.isEmpty && $1.roles.isEmpty
        }
        globals = scripts.isEmpty ? nil : scripts.reduce(into: ServerGlobals()) { $0.add($1) }
    }

    package var description: BackupDescription {
        let dumps = dumps.map(\.backup.description)
        if case .dump = source { return dumps[0] }
        let format: String
        let compression: String
        switch source {
        case .directory:
            format = "directory of dumps"
            let all = Set(dumps.map(\.compression))
            compression = all.count == 1 ? all.first! : "several"
        case .dump: preconditionFailure("it was described above")
        case .script(let dump): (format, compression) = ("script of pg_dumpall", dump.layers.words)
        }
        let (created, basis) = created(dumps)
        return BackupDescription(
            kind: "dump", format: format, compression: compression, bytes: tree.bytes, created: created,
            createdBasis: basis, serverVersion: dumps.compactMap(\.serverVersion).max(by: Self.isOlder),
            dumpVersion: dumps.compactMap(\.dumpVersion).max(by: Self.isOlder), database: nil)
    }

    /// It is as old as its oldest dump. A script does not say when it was made.
    private func created(_ dumps: [BackupDescription]) -> (Date?, String?) {
        if case .script = source {
            return (Date(timeIntervalSince1970: tree.state.modified.secondsSince1970), "modification time of the file")
        }
        guard let oldest = dumps.filter({ $0.created != nil }).min(by: { $0.created! < $1.created! }) else {
            return (nil, nil)
        }
        return (oldest.created, "its oldest dump: \(oldest.createdBasis ?? "")")
    }

    /// By the numbers in them.
    private static func isOlder(_ version: String, _ other: String) -> Bool {
        version.compare(other, options: .numeric) == .orderedAscending
    }

    /// The dump, where it is one beside which a person has named globals; else nil.
    package var single: (any FileBackup)? { if case .dump = source { dumps.first?.backup } else { nil } }

    /// All databases of which it has a dump, or had one, in the order in which they are restored.
    package var databases: [String] {
        guard case .directory(let directory) = source else {
            return dumps.filter { !$0.isPassedOver }.map(\.database)
        }
        return directory.dumps.map { $0.database ?? $0.name }.sorted()
    }

    package var inspection: String { "read each dump to its last byte, and count its rows" }

    /// The rows that the dumps hold, by their databases. Empty before they were inspected.
    package var dataOfDatabases: [DatabaseData] {
        let isOneOfSeveral = databases.count > 1
        return dumps.filter { !$0.isPassedOver }.compactMap { dump in
            dump.backup.data.map { DatabaseData(database: isOneOfSeveral ? dump.database : nil, data: $0) }
        }
    }
}

/// The dump of one database in a set.
package struct DatabaseDump: Sendable {
    package let database: String
    /// Its name in the directory; nil in a script.
    package let file: String?
    package var backup: any FileBackup
    /// Whether it is of a database that every server has, and in which nothing is: it is not checked unless a plan names it.
    package var isPassedOver = false
    /// Whether something is wrong with it, so that no server should be started on it.
    package var isFlawed = false
}
