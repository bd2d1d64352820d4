import Compression
import SystemPackage
import Values

/// Reads a plain dump to its end: decodes it, looks for its closing comment, and counts its rows. Where rows are not looked at,
/// nothing is refused for them: the server that takes them says what is wrong with them.
struct PlainReader {
    /// How many bytes at the end of the script are searched for the closing comment.
    private static let tailSize = 64 * 1024

    private let dump: Dump
    private let keys: KeyStore?
    private let wanted: WantedRows

    /// - Parameters:
    ///   - keys: keeps the keys of the rows, which are then looked at; nil to count and hash them alone.
    ///   - wanted: the tables whose rows are also taken by ranges of their key.
    init(_ dump: Dump, keys: KeyStore?, wanted: WantedRows) {
        (self.dump, self.keys, self.wanted) = (dump, keys, wanted)
    }

    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what `progress` throws.
    func read(_ progress: (Int64) throws -> Void) throws -> DumpReading {
        var flaws = DumpFlaws()
        let encoding = TextEncoding(dump.plainHeader?.clientEncoding ?? "UTF8")
        var tables = PlainTables(wanted)
        // Also where the reading ends with an error, nothing goes on behind it.
        defer { tables.finishOpenRows() }
        var structure = DumpStructure(encoding: encoding.name)
        var notices: DumpNotices?
        var contradictions = ContradictionsFound()
        var dumps = DumpsInOne()
        var summary: PlainScriptSummary?
        var roots: [CopiedTable: CopiedTable] = [:]
        if let keys {
            // What is to be looked for stands behind the rows.
            let outline = try PlainOutline(dump) { try progress($0 / 2) }
            tables.inspect(RowInspection(outline.schema, encoding: encoding, store: keys), outline.schema)
            notices = DumpNotices(outline)
            contradictions = outline.contradictions
            roots = outline.schema.namedRoots
        }
        var tail: [UInt8] = []
        let problem = try dump.readScript { done in
            try progress(keys == nil ? done : dump.bytes / 2 + done / 2)
        } _: { chunk, parts in
            chunk.withUnsafeBytes { tables.take(parts, of: $0) }
            for part in parts {
                structure.take(part)
                dumps.take(part)
            }
            tail = Array((tail + chunk.suffix(Self.tailSize)).suffix(Self.tailSize))
        } end: {
            summary = $0
        }
        tables.finish()
        let isCluster = dump.plainHeader?.isCluster == true
        let footer = isCluster ? PlainMarker.clusterFooter : PlainMarker.footer
        if let problem {
            flaws.add(dump.name, "\(problem)")
        } else if !PlainHeader.lines(of: tail[...]).contains(where: { $0.elementsEqual(footer) }) {
            flaws.add(dump.name, "the script was cut off: it does not end with \"\(footer)\"")
        } else if keys != nil, let summary, !summary.sawFooter, !tables.isWithinRows {
            let inside = summary.endedInside.map { ", and before it begins \($0) that has no end" }
            flaws.add(
                dump.name,
                "the script is damaged: its closing comment is not the end of what it begins\(inside ?? ", a dump that has no end")"
            )
        } else if tables.isWithinRows {
            // Of what somebody put behind the closing comment.
            flaws.add(dump.name, "the script was cut off: it ends within the rows of a COPY statement")
        }
        let twice = dumps.flaws.isEmpty && !dumps.sawAny ? tables.rowsTwice : dumps.flaws
        for flaw in (isCluster ? [] : twice) + tables.flaws.all + contradictions.flaws {
            flaws.add(flaw.subject, flaw.problem)
        }
        return DumpReading(
            flaws: flaws.all, doubts: contradictions.doubts, tables: tables.all,
            largeObjects: LargeObjectContents(), unknownKinds: [],
            mayChangeRows: tables.sawForeignStatement, roles: tables.roles, rows: tables.inspection?.finish(),
            notices: notices, structure: isCluster ? nil : structure, roots: roots, orderRisks: tables.orderRisks,
            form: tables.isForUpgrade ? .forUpgrade : isCluster ? nil : dumps.form)
    }
}
