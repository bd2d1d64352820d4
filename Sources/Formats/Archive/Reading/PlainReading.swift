import Compression
import Rows
import SystemPackage
import Values

/// What is read of one plain dump, part by part: its rows are counted, and what it says of itself is kept. Where rows are not
/// looked at, nothing is refused for them: the server that takes them says what is wrong with them.
struct PlainReading {
    /// The file, for what is about the dump as a whole.
    private let name: String
    private var tables: PlainTables
    private var structure: DumpStructure
    private var dumps = DumpsInOne()
    /// What was found before, where rows are looked at.
    private let outline: PlainOutline?
    private var flaws = DumpFlaws()
    /// What comments announce; nil where the outline has held it against the rest.
    private var announced: AnnouncedRows?
    private var properties: [GlobalStatement] = []
    private var isEmpty = true

    /// - Parameters:
    ///   - outline: what the dump says besides its rows, and where their keys are kept; nil to count and hash them alone.
    ///   - wanted: the tables whose rows are also taken by ranges of their key.
    init(
        of name: String, _ header: PlainHeader?, _ outline: (outline: PlainOutline, keys: KeyStore)?,
        _ wanted: WantedRows
    ) {
        self.name = name
        self.outline = outline?.outline
        announced = outline == nil ? AnnouncedRows() : nil
        let encoding = TextEncoding(header?.clientEncoding ?? "UTF8")
        tables = PlainTables(wanted)
        structure = DumpStructure(encoding: encoding.name)
        if let (outline, keys) = outline {
            tables.inspect(RowInspection(outline.schema, encoding: encoding, store: keys), outline.schema)
        }
    }

    mutating func take(_ parts: [PlainPart], of chunk: [UInt8]) {
        chunk.withUnsafeBytes { tables.take(parts, of: $0) }
        for part in parts {
            structure.take(part)
            dumps.take(part)
            switch part {
            case .event(.databaseProperty(let property)): properties.append(property)
            case .event(.object(let kind, let schema, let name, let owner)):
                announced?.announce(Announcement(kind: kind, schema: schema, name: name, owner: owner))
            case .statement(let statement) where statement.isOfSession: break
            case .statement(let statement):
                isEmpty = false
                announced?.takeStatement()
                let areInserted = statement.text.starts(with: "INSERT INTO ".utf8)
                if areInserted || statement.copiesFromScript { announced?.takeRows(areInserted: areInserted) }
            case .rows, .heldRows: isEmpty = false
            case .event, .endOfRows: break
            }
        }
    }

    /// Waits until the rows that did not end were taken. Call it also where the reading ends with an error.
    func finishOpenRows() { tables.finishOpenRows() }

    /// Call once, at the end.
    /// - Parameters:
    ///   - problem: why the rest could not be decoded.
    ///   - hasFooter: whether the comment is there with which `pg_dump` ends.
    ///   - summary: nil where the end was not reached.
    mutating func finish(
        _ problem: DecompressionError?, hasFooter: Bool, _ summary: PlainScriptSummary?
    ) -> DumpReading {
        tables.finish()
        if let problem {
            flaws.add(name, "\(problem)")
        } else if !hasFooter {
            flaws.add(name, "the script was cut off: it does not end with \"\(PlainMarker.footer.text)\"")
        } else if outline != nil, let summary, !summary.sawFooter, !tables.isWithinRows {
            let inside = summary.endedInside.map { ", and before it begins \($0) that has no end" }
            flaws.add(
                name,
                "the script is damaged: its closing comment is not the end of what it begins\(inside ?? ", a dump that has no end")"
            )
        } else if tables.isWithinRows {
            // Of what somebody put behind the closing comment.
            flaws.add(name, "the script was cut off: it ends within the rows of a COPY statement")
        }
        let twice = dumps.flaws.isEmpty && !dumps.sawAny ? tables.rowsTwice : dumps.flaws
        let contradictions =
            outline?.contradictions ?? ContradictionsFound(flaws: problem == nil ? announced?.finish() ?? [] : [])
        for flaw in twice + tables.flaws.all + contradictions.flaws { flaws.add(flaw.subject, flaw.problem) }
        var reading = DumpReading(
            flaws: flaws.all, doubts: contradictions.doubts, tables: tables.all,
            largeObjects: LargeObjectContents(), unknownKinds: [],
            mayChangeRows: tables.sawForeignStatement, roles: tables.roles, rows: tables.inspection?.finish(),
            notices: outline.map { DumpNotices($0) }, structure: structure, roots: outline?.schema.namedRoots ?? [:],
            orderRisks: tables.orderRisks, form: tables.isForUpgrade ? .forUpgrade : dumps.form)
        (reading.properties, reading.isEmpty) = (properties, isEmpty)
        return reading
    }
}

extension ScriptStatement {
    /// Whether it only prepares the session, as every dump begins.
    fileprivate var isOfSession: Bool {
        text.starts(with: "SET ".utf8) || text.starts(with: "SELECT pg_catalog.set_config('search_path'".utf8)
    }
}
