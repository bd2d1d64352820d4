import Values

/// What the script of a whole server holds, read to its last byte.
package struct ClusterReading: Sendable {
    /// What is wrong with the script besides its dumps.
    package var flaws: [DumpFlaw] = []
    package var globals = ServerGlobals()
    /// In the order of the script.
    package var databases: [Database] = []

    package struct Database: Sendable {
        package let name: String
        /// Its part of the script.
        package let dump: Dump
        package let reading: DumpReading
    }
}

/// Reads a script of `pg_dumpall` to its end: takes it apart into what it says of the server and the dump of each database, and reads
/// each as a plain dump.
package struct ClusterReader {
    private let dump: Dump
    private let keys: KeyStore?

    /// - Parameters:
    ///   - dump: as it was opened, a plain one.
    ///   - keys: keeps the keys of the rows, which are then looked at; nil to count and hash them alone.
    package init(_ dump: Dump, keys: KeyStore?) { (self.dump, self.keys) = (dump, keys) }

    /// - Parameter progress: called with the number of bytes of the script that were read so far; may throw to stop.
    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what `progress` throws.
    package func read(_ progress: (Int64) throws -> Void = { _ in }) throws -> ClusterReading {
        // What is to be looked for stands behind the rows, so the script is read twice.
        let outlines = keys == nil ? nil : try outlines { try progress($0 / 2) }
        let progress = { (bytes: Int64) in try progress(keys == nil ? bytes : dump.bytes / 2 + bytes / 2) }
        var script = try ClusterScript(dump)
        var walk = ClusterWalk(dump.name)
        var found: [FoundDump] = []
        while try walk.readAround(&script, progress) {
            let start = try Start(of: &script)
            let name = walk.begin(start.header)
            let outline = outlines.flatMap { $0.indices.contains(found.count) ? $0[found.count] : nil }
            var reading = PlainReading(
                of: dump.name, start.header, outline.flatMap { o in keys.map { (o, $0) } }, WantedRows())
            defer { reading.finishOpenRows() }
            let part = try script.read(.dumpInCluster, progress: progress) { chunk, parts in
                walk.take(parts)
                reading.take(parts, of: chunk)
            }
            found.append(
                FoundDump(
                    name: name, start: start, end: script.offset,
                    reading: reading.finish(part.problem, hasFooter: part.ending == .footer, part.summary)))
            keys?.removeAll()
            walk.end(part)
        }
        let text = try dump.text(ofBytes: script.offset)
        return ClusterReading(
            flaws: walk.flaws(besides: found.map(\.name), found.last.map { $0.reading.flaws.isEmpty } ?? true),
            globals: walk.globals,
            databases: found.map {
                ClusterReading.Database(
                    name: $0.name, dump: dump.part(of: text, $0.start, to: $0.end), reading: $0.reading)
            })
    }

    /// What each dump says besides its rows.
    private func outlines(_ progress: (Int64) throws -> Void) throws -> [PlainOutline] {
        var script = try ClusterScript(dump)
        var walk = ClusterWalk(dump.name)
        var outlines: [PlainOutline] = []
        while try walk.readAround(&script, progress) {
            let start = try Start(of: &script)
            _ = walk.begin(start.header)
            var outline = PlainOutline(saysEncoding: start.header?.clientEncoding != nil)
            let part = try script.read(.dumpInCluster, progress: progress) { _, parts in
                walk.take(parts)
                outline.take(parts)
            }
            outlines.append(outline)
            walk.end(part)
        }
        return outlines
    }

    private struct FoundDump {
        let name: String
        let start: Start
        /// Where it ends, in the decompressed text.
        let end: Int64
        let reading: DumpReading
    }

    /// Where a dump begins, and what it says of itself there.
    fileprivate struct Start {
        let offset: Int64
        let line: Int
        let header: PlainHeader?

        init(of script: inout ClusterScript) throws(ArchiveError) {
            (offset, line) = (script.offset, script.line)
            header = PlainHeader(behindMarker: try script.beginning(PlainHeader.size))
        }
    }
}

/// How far a reader of a script is.
private struct ClusterWalk {
    /// More than this is no script of a server, and a small file could be of millions.
    static let mostDumps = 10_000

    let name: String
    private(set) var globals = ServerGlobals()
    private var isAroundDumps = true
    private var dumps = 0
    /// Whether it holds more dumps than are read.
    private var isTooMuch = false
    /// The database of the last dump.
    private var current = "postgres"
    /// What the script connected to since the last dump; within a dump, another database than its own.
    private var connected: String?
    /// What psql is connected to; nil before the first command that says it.
    private var session: String?
    /// Whether something says of which database the dump is.
    private var isNamed = false
    /// The databases whose dump the script has announced.
    private var announced: [String] = []
    /// The one that it announced since the last dump.
    private var isNext: String?
    /// What a dump connects to besides its own database.
    private var strays: [DumpFlaw] = []
    private var sawFooter = false
    private var hasEnded = false
    private var problem: String?

    init(_ name: String) { self.name = name }

    /// Reads up to the dump that comes next.
    /// - Returns: false where none comes.
    mutating func readAround(_ script: inout ClusterScript, _ progress: (Int64) throws -> Void) throws -> Bool {
        // A dump without an end is followed by the next one.
        while isAroundDumps, !hasEnded {
            let part = try script.read(.aroundDumps, progress: progress) { _, parts in
                globals.take(parts)
                follow(parts)
            }
            sawFooter = sawFooter || part.summary.sawFooter
            end(part)
        }
        isTooMuch = !hasEnded && dumps == Self.mostDumps
        return !hasEnded && !isTooMuch
    }

    private mutating func follow(_ parts: [PlainPart]) {
        for case .event(let event) in parts {
            switch event {
            case .connected(let database): (connected, session) = (database, database)
            case .databaseAnnounced(let database):
                announced.append(database)
                isNext = database
            default: break
            }
        }
    }

    /// - Returns: the database of the dump that begins.
    mutating func begin(_ header: PlainHeader?) -> String {
        dumps += 1
        // pg_dump --create connects to the database that it creates, and pg_dumpall announces it; for any other, pg_dumpall connects.
        let said = connected ?? isNext ?? header?.createdDatabase
        (current, isNamed) = (said ?? current, said != nil)
        (connected, isNext) = (nil, nil)
        return current
    }

    /// Takes what is in a dump.
    mutating func take(_ parts: [PlainPart]) {
        for case .event(.connected(let database)) in parts {
            session = database
            if database != current { connected = database }
        }
    }

    mutating func end(_ part: ClusterScript.Part) {
        switch part.ending {
        case .header?: isAroundDumps = false
        case .footer?:
            if !isAroundDumps { endDump() }
            isAroundDumps = true
        case .clusterFooter?: (isAroundDumps, sawFooter) = (true, true)
        case nil: hasEnded = true
        }
        if let found = part.problem { problem = "\(found)" }
    }

    /// A dump has its end, so what it connected to is no sign of the one that follows.
    private mutating func endDump() {
        defer { connected = nil }
        // The same name may be written in two encodings.
        guard isNamed, session != current, strays.count < DumpFlaws.most,
            ((session ?? "") + current).utf8.allSatisfy({ $0 < 0x80 })
        else { return }
        let problem =
            session.map { "its dump is restored into another database, \($0), to which psql is connected" }
            ?? "no \\connect leads to it: psql restores its dump into whatever database it was started in"
        strays.append(DumpFlaw(subject: current, problem: problem))
    }

    /// - Parameters:
    ///   - databases: those of which there is a dump.
    ///   - lastIsWhole: false where the last dump is cut off itself.
    func flaws(besides databases: [String], _ lastIsWhole: Bool) -> [DumpFlaw] {
        var flaws = strays
        if isTooMuch {
            flaws.append(
                DumpFlaw(subject: name, problem: "it holds more than \(Self.mostDumps) dumps, which no server has"))
            return flaws
        }
        if let problem, lastIsWhole || isAroundDumps { flaws.append(DumpFlaw(subject: name, problem: problem)) }
        let missing = announced.filter { !databases.contains($0) }
        for database in missing {
            flaws.append(
                DumpFlaw(
                    subject: database, problem: "the script announces a dump of this database, and it is not there"))
        }
        let twice = Dictionary(grouping: databases) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        for database in twice {
            flaws.append(
                DumpFlaw(
                    subject: database,
                    problem: "the script has several dumps of this database, and a restore fails at the second"))
        }
        if !sawFooter, problem == nil {
            let place =
                databases.last.map { "\(lastIsWhole ? "behind" : "within") the dump of \($0)" }
                ?? "before the first dump of a database"
            flaws.append(
                DumpFlaw(
                    subject: name,
                    problem: """
                        the script was cut off \(place): it does not end with "\(PlainMarker.clusterFooter.text)", so dumps of further \
                        databases may be missing
                        """))
        }
        return flaws
    }
}

extension PlainHeader {
    /// Of a dump in a script of several.
    /// - Parameter text: what follows its first comment, and perhaps more than the dump.
    fileprivate init?(behindMarker text: [UInt8]) {
        var end = text.count
        var start = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A }) {
            let content = line.last == 0x0D ? line.dropLast() : line
            if PlainMarker.allCases.contains(where: { content.elementsEqual($0.text) }) {
                end = start
                break
            }
            start += line.count + 1
        }
        self.init(parsing: Array(PlainMarker.header.text) + [0x0A] + text[..<min(end, text.count)])
    }

    /// The database that it creates.
    fileprivate var createdDatabase: String? {
        guard let databaseDefinition else { return nil }
        var reader = SQLTokenReader(
            SQLTokens(Array(databaseDefinition.utf8), .utf8).tokens[...])
        return reader.accept("create", "database") ? reader.name() : nil
    }
}

extension Dump {
    /// Its script, decompressed, to be read from several places.
    fileprivate func text(ofBytes size: Int64) throws(ArchiveError) -> InputFile {
        layers.isEmpty ? try InputFile(file) : try InputFile(file, within: Wrapping(layers: layers, size: size))
    }

    /// A part of it, as a dump.
    fileprivate func part(of text: InputFile, _ start: ClusterReader.Start, to end: Int64) -> Dump {
        var part = Dump(
            tree: tree, format: .plain, compression: compression, layers: layers, bytes: end - start.offset,
            contents: nil, plainHeader: start.header)
        part.section = Section(text: text, range: start.offset..<end, line: start.line)
        return part
    }
}
