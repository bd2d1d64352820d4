import Archive
import Backup
import Findings
import Manifest
import PlanFile
import Postgres

/// What rows tables should hold.
package struct ContentExpectation: Sendable {
    /// The rows as the backup has them, or as a manifest has them: in the form of a backup's.
    package var data: BackupData?
    /// What a manifest has besides, by table.
    package var proofs: [TableName: SourceManifest.Table] = [:]
    /// How many keys of rows that differ a report may name. Only a plan says so: keys are values of rows.
    package var exampleKeys = 0

    package init(data: BackupData? = nil, exampleKeys: Int = 0) {
        self.data = data
        self.exampleKeys = exampleKeys
    }
}

extension ContentExpectation {
    static let keys = ["exampleKeys"]

    /// - Returns: nil if the plan says nothing.
    init?(_ node: PlanNode) throws(PlanError) {
        guard let examples = try node.mapping(allowed: Self.keys)["exampleKeys"] else { return nil }
        self.init(exampleKeys: Int(try examples.wholeNumber(0...100)))
    }

    /// The rows that a manifest says the dump holds. Nil of a manifest that has none.
    init?(_ manifest: SourceManifest) {
        guard manifest.scope == .dump else { return nil }
        let held = manifest.tables.filter { $0.held == .rows && $0.rows != nil }
        var data = BackupData(
            tables: held.map { table in
                var contents = TableContents(
                    schema: table.schema, name: table.name, isDefined: true, columns: table.columns.map(\.name),
                    isLoadedThroughRoot: manifest.movesRows(of: table), rows: table.rows?.digest.rows ?? 0,
                    digest: table.rows?.digest)
                contents.longestRow = table.rows?.longestRow ?? 0
                return contents
            })
        let major = Int(manifest.source.serverVersion.prefix { $0.isNumber }) ?? 0
        data.hasOldFloats = major < 12
        data.encoding = manifest.source.encodingOfRows
        self.init(data: data)
        proofs = Dictionary(held.map { ($0.tableName, $0) }) { $1 }
    }
}

extension Expectations {
    /// What a manifest expects of what a dump restores. Of a base backup it has nothing that is sure.
    mutating func add(_ manifest: SourceManifest) {
        guard manifest.scope == .dump else { return }
        let held = manifest.tables.filter { $0.held != .nothing }
        add(
            Dictionary(held.map { ($0.tableName, $0.rowCount(in: manifest)) }) { $1 }, of: .manifest,
            to: RowCountsCheck.self)
        if let content = ContentExpectation(manifest) { add(content, of: .manifest, to: ContentCheck.self) }
        let extensions = manifest.extensions.filter(\.isHeld).map {
            (ExtensionName($0.name), ExtensionExpectation(atSource: $0.version))
        }
        if !extensions.isEmpty { add(Dictionary(extensions) { $1 }, of: .manifest, to: ExtensionsCheck.self) }
        let sequences = manifest.sequences.compactMap { sequence -> (TableName, SequenceExpectation)? in
            guard sequence.isHeld, let before = sequence.before, let after = sequence.after else { return nil }
            return (
                TableName(schema: sequence.schema, name: sequence.name),
                SequenceExpectation(
                    last: before.last, isCalled: before.isCalled,
                    until: .init(last: after.last, isCalled: after.isCalled))
            )
        }
        if !sequences.isEmpty {
            add(SequencesExpectation(states: Dictionary(sequences) { $1 }), of: .manifest, to: SequencesCheck.self)
        }
        if let objects = manifest.largeObjects, objects.isHeld, objects.digest.rows > 0 {
            add(
                LargeObjectsExpectation(count: Int(objects.digest.rows), digest: objects.digest), of: .manifest,
                to: LargeObjectsCheck.self)
        }
        let security = held.map { ($0.tableName, SecurityExpectation($0)) }.filter { $0.1 != SecurityExpectation() }
        if !security.isEmpty { add(Dictionary(security) { $1 }, of: .manifest, to: SecurityCheck.self) }
    }
}

extension SourceManifest {
    /// Rows may move between partitions when they are inserted through the root.
    fileprivate func movesRows(of table: Table) -> Bool {
        table.isPartition && dump?.arguments.contains { $0.hasPrefix("--load-via") } ?? false
    }
}

extension SourceManifest.Table {
    fileprivate func rowCount(in manifest: SourceManifest) -> RowCountExpectation {
        guard held == .rows, !manifest.movesRows(of: self), let rows else { return RowCountExpectation() }
        return RowCountExpectation(exactly: rows.digest.rows)
    }
}

extension SecurityExpectation {
    /// What guarded a table at the source, as far as the dump holds it.
    fileprivate init(_ table: SourceManifest.Table) {
        let security = table.security
        self.init(
            rowSecurity: security.isRowSecurityHeld ? security.rowSecurity.flatMap { RowSecurity(rawValue: $0) } : nil,
            policies: security.policies.filter(\.isHeld).map(\.name),
            triggers: security.triggers.filter { $0.isHeld && ["O", "A"].contains($0.state) }.map(\.name),
            owner: security.isOwnerHeld ? table.owner : nil,
            grants: !security.areGrantsHeld
                ? []
                : security.grants.map { grant in
                    // Later servers have privileges that earlier ones have not.
                    Grant(role: grant.role, privileges: grant.privileges.compactMap { Privilege(rawValue: $0) })
                })
    }
}
