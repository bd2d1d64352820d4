import Rows
import Values

/// Compares the data of an archive with its table of contents, in whatever order the data comes: each entry that has
/// data has it once, and nothing is there that no entry names.
struct DataInventory {
    let contents: TableOfContents
    /// The name of the dump's file or directory, for flaws of the whole.
    let name: String
    var flaws = DumpFlaws()
    var objects: LargeObjectLedger
    /// Where each entry is in the table of contents, by its id.
    private let places: [Int32: Int]
    /// The entries whose data has been met.
    private var met: Set<Int32> = []
    /// By the place of the table's definition in the table of contents; by that of the data, if there is no definition.
    private var tables: [Int: TableContents] = [:]
    private let encoding: TextEncoding
    private let schema: DumpSchema
    private let wanted: WantedRows
    /// Looks at the rows, if anything does.
    private let inspection: RowInspection?
    private let isWhole: Bool
    private let roleTypes: RoleTypes
    private var roles: Set<String>
    private let longRows = LongRows()

    /// - Parameters:
    ///   - keys: keeps the keys of the rows, which are then looked at; nil to count and hash them alone.
    ///   - wanted: the tables whose rows are also taken by ranges of their key.
    ///   - isWhole: false where not all data is read, so that nothing can be said of keys, and of what is missing.
    init(
        _ contents: TableOfContents, name: String, keys: KeyStore? = nil, wanted: WantedRows = WantedRows(),
        isWhole: Bool = true
    ) {
        self.contents = contents
        self.name = name
        self.wanted = wanted
        objects = LargeObjectLedger(hasListings: contents.entries.contains { $0.data.isFile })
        places = Dictionary(
            uniqueKeysWithValues: contents.entries.indices.lazy.map { (contents.entries[$0].dumpID, $0) })
        let encoding = TextEncoding(contents.encoding ?? "UTF8")
        let schema = DumpSchema(contents)
        self.encoding = encoding
        self.schema = schema
        self.isWhole = isWhole
        inspection = keys.map { RowInspection(schema, encoding: encoding, store: $0, asksKeys: isWhole) }
        roleTypes = contents.roleTypes
        roles = roleTypes.roles
    }

    func entry(_ id: Int32) -> ArchiveEntry? { places[id].map { contents.entries[$0] } }

    /// Notes that the data of an entry is there.
    /// - Returns: false if it was there before.
    mutating func meet(_ entry: ArchiveEntry) -> Bool { met.insert(entry.dumpID).inserted }

    /// The entries whose data has not been met.
    var missing: [ArchiveEntry] { contents.entries.filter { $0.hasData && !met.contains($0.dumpID) } }

    // MARK: Streams

    /// What takes the data of an entry.
    func sink(for entry: ArchiveEntry) -> any DataSink {
        guard entry.kind == "TABLE DATA" else { return UnknownData() }
        let conforming = contents.standardConformingStrings
        let target = entry.copyStatement.flatMap(CopyTarget.init)
        let roles = RoleFields(
            roleTypes, CopiedTable(schema: entry.namespace, name: entry.tag), target: target, encoding,
            conforming: conforming)
        guard entry.copyStatement != nil else {
            return InsertData(
                encoding: encoding, standardConformingStrings: conforming, roles: roles,
                values: values(of: entry, conforming))
        }
        guard let target else { return UnknownData() }
        let table = tableName(of: entry)
        return CopyData(
            target, timeColumns: table.map { schema.timeColumns(of: $0, among: target.columns) } ?? [],
            encoding: encoding,
            inspector: table.flatMap { inspection?.inspector(of: $0, columns: target.columns) },
            keyed: wanted.rows(
                of: CopiedTable(schema: entry.namespace, name: entry.tag), columns: target.columns),
            roles: roles, longRows: longRows)
    }

    /// What looks at the rows of an entry that are INSERT statements into the table that it is of.
    private func values(of entry: ArchiveEntry, _ conforming: Bool) -> InsertValues? {
        guard let table = tableName(of: entry), !entry.isInsertedThroughRoot else { return nil }
        let name = CopiedTable(schema: entry.namespace, name: entry.tag)
        return inspection?.values(
            of: table, in: schema, wanted: { wanted.rows(of: name, columns: $0) }, encoding: encoding,
            standardConformingStrings: conforming)
    }

    /// Takes what was read of an entry's data.
    /// - Parameters:
    ///   - sink: has finished.
    ///   - problem: what is wrong with the data; nil if nothing is.
    mutating func close(_ sink: any DataSink, of entry: ArchiveEntry, in file: String? = nil, problem: String?) {
        if let problem {
            flaws.add(entry.subject, file.map { "\($0): \(problem)" } ?? problem)
            return
        }
        guard entry.kind == "TABLE DATA", let place = places[entry.dumpID] else { return }
        let definition = definition(of: entry)
        var table = TableContents(schema: entry.namespace, name: entry.tag, isDefined: definition != nil)
        switch sink {
        case let rows as CopyData:
            roles.formUnion(rows.namedRoles)
            table.take(rows)
            table.isLoadedThroughRoot = rows.target.table != CopiedTable(schema: entry.namespace, name: entry.tag)
        case let rows as InsertData:
            roles.formUnion(rows.namedRoles)
            table.take(rows)
            table.isLoadedThroughRoot = entry.isInsertedThroughRoot
        default:
            flaws.add(entry.subject, "its COPY statement is not one that pg_dump writes")
            return
        }
        // Several entries may have data of one table.
        let key = definition.flatMap { places[$0.dumpID] } ?? place
        tables[key] = tables[key].map { $0.adding(table) } ?? table
        inspect(sink, of: entry)
    }

    /// Takes what was found in the rows.
    private func inspect(_ sink: any DataSink, of entry: ArchiveEntry) {
        guard let inspection else { return }
        let table = CopiedTable(schema: entry.namespace, name: entry.tag)
        guard let name = tableName(of: entry) else {
            return inspection.pass(over: ExactName(table), table, because: "the dump does not define the table")
        }
        if let inspector = (sink as? CopyData)?.inspector {
            inspection.close(inspector, of: name, table)
        } else if sink is CopyData {
            inspection.passOverCopied(name, table)
        } else {
            inspection.close((sink as? InsertData)?.values, of: name, table)
        }
    }

    private func definition(of data: ArchiveEntry) -> ArchiveEntry? {
        data.dependencies.lazy.compactMap(entry).first { $0.kind == "TABLE" }
    }

    /// The table that an entry has rows of, as its definition names it; nil where the dump has no definition.
    private func tableName(of data: ArchiveEntry) -> ExactName? {
        definition(of: data).flatMap { DumpSchema.created(by: $0.definition) }
    }

    // MARK: The end

    /// Call once, when all data was read.
    func finish() -> DumpReading {
        var flaws = flaws
        // Listings and names of files are always there to compare.
        if isWhole || objects.hasListings {
            objects.finish(
                declared: contents.largeObjects,
                hasData: contents.entries.contains { $0.kind == "BLOBS" && $0.hasData }, &flaws)
        }
        let contradictions = inspection == nil ? ContradictionsFound() : contents.contradictions(schema)
        for flaw in contradictions.flaws { flaws.add(flaw.subject, flaw.problem) }
        let tables = tables.sorted { $0.key < $1.key }.map(\.value)
        return DumpReading(
            flaws: flaws.all, doubts: contradictions.doubts, tables: tables,
            largeObjects: objects.contents, unknownKinds: contents.unknownKinds,
            mayChangeRows: contents.entries.contains { $0.foreignStatement != nil }, roles: roles,
            rows: inspection?.finish(), notices: inspection == nil ? nil : DumpNotices(contents, schema),
            structure: nil, orderRisks: schema.orderRisks(of: tables), form: contents.isForUpgrade ? .forUpgrade : nil)
    }
}

extension ArchiveEntry {
    /// Whether its INSERT statements name the root of a partitioned table, and not the partition.
    fileprivate var isInsertedThroughRoot: Bool { definition.hasPrefix("-- load via partition root ") }
}

extension DataLocation {
    fileprivate var isFile: Bool { if case .file = self { true } else { false } }
}

extension TableContents {
    /// The same table with more rows.
    func adding(_ other: TableContents) -> TableContents {
        var sum = self
        sum.rows += other.rows
        sum.goesByOrder = goesByOrder || other.goesByOrder
        sum.longestRow = max(sum.longestRow, other.longestRow)
        if let digest = other.digest, other.columns == columns { sum.digest?.add(digest) } else { sum.digest = nil }
        if let keyed = other.keyed, other.columns == columns { sum.keyed?.add(keyed) } else { sum.keyed = nil }
        sum.isLoadedThroughRoot = isLoadedThroughRoot || other.isLoadedThroughRoot
        return sum
    }
}
