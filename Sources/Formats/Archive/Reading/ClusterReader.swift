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
        // What is to be looked for stands behind the rows.
        let outlines = keys == nil ? nil : try outlines { try progress($0 / 2) }
        var script = try ClusterScript(dump)
        var walk = ClusterWalk(dump.name)
        var found: [(start: Start, end: Int64, name: String, reading: DumpReading)] = []
        while walk.goesOn {
            if walk.isAroundDumps {
                try walk.readAround(&script) { try progress(keys == nil ? $0 : dump.bytes / 2 + $0 / 2) }
                continue
            }
            let start = try Start(of: &script)
            let outline = outlines.flatMap { $0.indices.contains(found.count) ? $0[found.count] : nil }
            let name = walk.database(start.header)
            var reading = PlainReading(
                of: dump.name, start.header, outline.flatMap { o in keys.map { (o, $0) } }, WantedRows())
            defer { reading.finishOpenRows() }
            let part = try script.read(.dumpInCluster) {
                try progress(keys == nil ? $0 : dump.bytes / 2 + $0 / 2)
            } _: { chunk, parts in
                walk.take(parts)
                reading.take(parts, of: chunk)
            }
            found.append(
                (
                    start, script.offset, name,
                    reading.finish(part.problem, hasFooter: part.ending == .footer, part.summary)
                ))
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
        while walk.goesOn {
            if walk.isAroundDumps {
                try walk.readAround(&script, progress)
                continue
            }
            var outline = PlainOutline(saysEncoding: try Start(of: &script).header?.clientEncoding != nil)
            let part = try script.read(.dumpInCluster, progress) { _, parts in
                walk.take(parts)
                outline.take(parts)
            }
            outlines.append(outline)
            walk.end(part)
        }
        return outlines
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
    let name: String
    private(set) var globals = ServerGlobals()
    private(set) var isAroundDumps = true
    private(set) var goesOn = true
    /// What the script connected to last.
    private var connected: String?
    /// Databases whose dump the script has announced last.
    private var announced: [String] = []
    private var sawFooter = false
    private var problem: String?

    init(_ name: String) { self.name = name }

    mutating func readAround(_ script: inout ClusterScript, _ progress: (Int64) throws -> Void) throws {
        let part = try script.read(.aroundDumps, progress) { _, parts in
            globals.take(parts)
            take(parts)
        }
        sawFooter = sawFooter || part.summary.sawFooter
        end(part)
    }

    /// Follows what the script connects to, and what it announces.
    mutating func take(_ parts: [PlainPart]) {
        for case .event(let event) in parts {
            switch event {
            case .connected(let database): connected = database
            case .databaseAnnounced(let database): announced.append(database)
            default: break
            }
        }
    }

    mutating func end(_ part: ClusterScript.Part) {
        switch part.ending {
        case .header?: isAroundDumps = false
        case .footer?: isAroundDumps = true
        case .clusterFooter?: (isAroundDumps, sawFooter) = (true, true)
        case nil: goesOn = false
        }
        if let found = part.problem { problem = "\(found)" }
    }

    /// The database of the dump that begins.
    mutating func database(_ header: PlainHeader?) -> String {
        // pg_dump --create connects to the database that it creates; for any other, pg_dumpall has connected.
        let name = header?.createdDatabase ?? connected ?? announced.last ?? "postgres"
        connected = name
        return name
    }

    /// - Parameters:
    ///   - databases: those of which there is a dump.
    ///   - lastIsWhole: false where the last dump is cut off itself.
    func flaws(besides databases: [String], _ lastIsWhole: Bool) -> [DumpFlaw] {
        var flaws: [DumpFlaw] = []
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
        if !sawFooter, problem == nil, lastIsWhole, missing.isEmpty {
            let place = databases.last.map { "behind the dump of \($0)" } ?? "before the first dump of a database"
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
