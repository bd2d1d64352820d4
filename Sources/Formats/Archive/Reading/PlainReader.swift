import Compression
import SystemPackage

/// Reads a plain dump to its end: decodes it, looks for its closing comment, and counts its rows. Nothing of it is
/// refused for its rows here: the server that takes them says what is wrong with them.
struct PlainReader {
    /// How many bytes at the end of the script are searched for the closing comment.
    private static let tailSize = 64 * 1024

    private let dump: Dump

    init(_ dump: Dump) { self.dump = dump }

    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what `progress` throws.
    func read(_ progress: (Int64) throws -> Void) throws -> DumpReading {
        var flaws = DumpFlaws()
        var tables = PlainTables(encoding: TextEncoding(dump.plainHeader?.clientEncoding ?? "UTF8"))
        var script = PlainScript()
        var tail: [UInt8] = []
        var parts: [PlainPart] = []
        var stream = try dump.stream()
        do {
            while let chunk = try stream.read() {
                parts.removeAll(keepingCapacity: true)
                script.consume(chunk, parts: &parts)
                chunk.withUnsafeBytes { tables.take(parts, of: $0) }
                tail = Array((tail + chunk.suffix(Self.tailSize)).suffix(Self.tailSize))
                try progress(stream.compressedBytesRead)
            }
            let footer = dump.plainHeader?.isCluster == true ? PlainMarker.clusterFooter : PlainMarker.footer
            if !PlainHeader.lines(of: tail[...]).contains(where: { $0.elementsEqual(footer) }) {
                flaws.add(dump.name, "the script was cut off: it does not end with \"\(footer)\"")
            }
        } catch ArchiveError.undecodable(_, let problem) where problem != .outOfMemory(problem.algorithm) {
            flaws.add(dump.name, "\(problem)")
        }
        return DumpReading(
            flaws: flaws.all, tables: tables.all, largeObjects: LargeObjectContents(), unknownKinds: [],
            mayChangeRows: tables.sawForeignStatement, roles: tables.roles)
    }
}

/// The rows of the tables of a plain dump.
private struct PlainTables {
    private let encoding: TextEncoding
    /// Each table by its place in the order of the script.
    private var tables: [TableContents] = []
    private var places: [Name: Int] = [:]
    /// The columns that are times with a time zone, of each table that the script creates.
    private var created: [Name: Set<String>] = [:]
    /// Tables of which some rows could not be read.
    private var unread: Set<Int> = []
    private(set) var sawForeignStatement = false
    private var roleTypes = RoleTypes()
    private var rolesInRows: Set<String> = []
    private var copying: CopyData?
    /// By the text of the table's name in the statement.
    private var inserting: [ArraySlice<UInt8>: (place: Int, rows: InsertData)] = [:]

    /// A table's name, byte by byte: two names that look alike are two names.
    private struct Name: Hashable {
        let schema: [UInt8]?
        let name: [UInt8]

        init(_ table: CopiedTable) {
            schema = table.schema.map { Array($0.utf8) }
            name = Array(table.name.utf8)
        }
    }

    init(encoding: TextEncoding) { self.encoding = encoding }

    mutating func take(_ parts: [PlainPart], of chunk: UnsafeRawBufferPointer) {
        for part in parts {
            switch part {
            case .statement(let statement): take(statement)
            case .rows(let range): copying?.take(UnsafeRawBufferPointer(rebasing: chunk[range]))
            case .heldRows(let bytes): bytes.withUnsafeBytes { copying?.take($0) }
            case .endOfRows: endRows()
            case .event: break
            }
        }
    }

    /// In the order of the script; without those of which some rows could not be read.
    var all: [TableContents] {
        var (tables, unread) = (tables, unread)
        for (place, rows) in inserting.values {
            tables[place].rows += rows.rows
            if rows.hasProblem || tables[place].columns != nil { unread.insert(place) }
        }
        return tables.indices.filter { !unread.contains($0) }.map { tables[$0] }
    }

    /// The roles that values name.
    var roles: Set<String> {
        inserting.values.reduce(roleTypes.roles.union(rolesInRows)) { $0.union($1.rows.namedRoles) }
    }

    private mutating func take(_ statement: ScriptStatement) {
        sawForeignStatement = sawForeignStatement || statement.foreign != nil
        if statement.copiesFromScript {
            let text = statement.encoding.decode(statement.text)
            copying = CopyTarget(parsing: text).map { target in
                CopyData(
                    target, timeColumns: created[Name(target.table)] ?? [], encoding: encoding,
                    roles: roleFields(of: target.table, target, statement), mayEndInReturns: true)
            }
        } else if statement.text.starts(with: "INSERT INTO ".utf8) {
            insert(statement)
        } else if statement.isDefinition {
            if roleTypes.concerns(statement.text) { roleTypes.take(statement.tokens) }
            if statement.text.starts(with: "CREATE ".utf8) {
                let text = statement.encoding.decode(statement.text)
                if let definition = TableDefinition(text) {
                    created[Name(definition.table)] = definition.timeColumns
                }
            }
        }
    }

    private func roleFields(
        of table: CopiedTable, _ target: CopyTarget?, _ statement: ScriptStatement
    ) -> RoleFields? {
        RoleFields(
            roleTypes, table, target: target, statement.encoding, conforming: statement.standardConformingStrings)
    }

    private mutating func endRows() {
        guard let rows = copying else { return }
        copying = nil
        let table = rows.target.table
        Array("\\.\n\n\n".utf8).withUnsafeBytes { rows.take($0) }
        let place = place(of: table)
        rolesInRows.formUnion(rows.namedRoles)
        guard rows.finish() == nil else {
            unread.insert(place)
            return
        }
        var more = TableContents(
            schema: table.schema, name: table.name, isDefined: created[Name(table)] != nil)
        more.take(rows)
        tables[place] = tables[place].columns == nil ? more : tables[place].adding(more)
    }

    private mutating func insert(_ statement: ScriptStatement) {
        let key = Self.name(in: statement.text)
        if inserting[key] == nil {
            var reader = SQLTokenReader(SQLTokens(Array(key), statement.encoding).tokens[...])
            guard let name = reader.qualifiedName() else { return }
            let table = CopiedTable(schema: name.schema, name: name.name)
            inserting[key] = (
                place(of: table),
                InsertData(
                    encoding: statement.encoding, standardConformingStrings: statement.standardConformingStrings,
                    roles: roleFields(of: table, nil, statement))
            )
        }
        inserting[key]?.rows.take(wholeLine: statement.text)
    }

    /// The place of a table, which is met here for the first time or again.
    private mutating func place(of table: CopiedTable) -> Int {
        if let place = places[Name(table)] { return place }
        places[Name(table)] = tables.count
        tables.append(
            TableContents(schema: table.schema, name: table.name, isDefined: created[Name(table)] != nil))
        return tables.count - 1
    }

    /// The name of the table in `INSERT INTO schema."my table" (…) VALUES …`.
    private static func name(in statement: [UInt8]) -> ArraySlice<UInt8> {
        var isQuoted = false
        let rest = statement.dropFirst("INSERT INTO ".utf8.count)
        let end = rest.firstIndex { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return !isQuoted && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "("))
        }
        return rest[..<(end ?? rest.endIndex)]
    }
}
