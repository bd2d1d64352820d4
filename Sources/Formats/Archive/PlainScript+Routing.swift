import Bytes

extension PlainScript {
    /// Adds the bytes up to `end` that have not been looked at to the statement, if they are of one.
    mutating func route(_ piece: inout PlainPiece, to end: Int) {
        let part = UnsafeBufferPointer(rebasing: piece.bytes[piece.routed..<end])
        piece.routed = end
        guard isHolding, !isTooLong else { return }
        if held.count + part.count > Self.longestStatement {
            isTooLong = true
            held = []
        } else {
            held.append(contentsOf: part)
        }
    }

    /// Starts to hold a statement, from `index` on.
    mutating func hold(_ piece: inout PlainPiece, from index: Int) {
        guard !isHolding else { return }
        route(&piece, to: index)
        isHolding = true
    }

    /// Forgets what was held.
    mutating func drop() {
        // The memory of a large statement is not kept for the small ones behind it.
        held.removeAll(keepingCapacity: held.capacity <= 1 << 20)
        isTooLong = false
        isHolding = false
    }

    /// Ends the statement whose semicolon is at `index`, and makes it a part if it is to be sent.
    mutating func endStatement(_ piece: inout PlainPiece, at index: Int, _ parts: inout [PlainPart]) {
        route(&piece, to: index + 1)
        statements += 1
        defer {
            hasBegun = false
            verb = nil
            routine = RoutineBody()
            insert = InsertForm()
            drop()
        }
        // A semicolon alone.
        if held.count == 1, !isTooLong { return }
        lines += piece.countLines(to: index)
        let line = lines + 1
        if sawFooter { lineAfterFooter = lineAfterFooter ?? line }
        if isTooLong {
            parts.append(.event(.tooLong(line: line)))
            return
        }
        if scope == .aroundDumps {
            endStatementAroundDumps(line, &piece, index, &parts)
            return
        }
        let isInsert = verb == InsertForm.verb
        let statement =
            isInsert
            ? PlainStatement(insert)
            : PlainStatement(SQLTokens(held, encoding, standardConformingStrings: standardConformingStrings))
        parts += statement.events.map(PlainPart.event)
        if statement.isAboutDatabase {
            createsDatabase = createsDatabase || statement.createsDatabase
            parts.append(.event(.databaseStatement(line: line, dropped: statement.droppedDatabase)))
            if let property = statement.property { parts.append(.event(.databaseProperty(property))) }
        } else if statement.isStatistics {
            parts.append(.event(.statistics(line: line)))
        } else {
            parts.append(
                .statement(
                    ScriptStatement(
                        text: held, line: line, copiesFromScript: statement.table != nil, table: statement.table,
                        foreign: statement.foreign,
                        isDefinition: isAnnounced && statement.foreign == nil && !isInsert,
                        isAfterFooter: sawFooter, encoding: encoding,
                        standardConformingStrings: standardConformingStrings)))
        }
        if let standardConformingStrings = statement.standardConformingStrings {
            self.standardConformingStrings = standardConformingStrings
        }
        if let encoding = statement.encoding { change(encoding, &piece, after: index) }
        if statement.table != nil { mode = .copyLine }
    }

    /// None of these statements is left out, and none has rows.
    private mutating func endStatementAroundDumps(
        _ line: Int, _ piece: inout PlainPiece, _ index: Int, _ parts: inout [PlainPart]
    ) {
        let tokens = SQLTokens(held, encoding, standardConformingStrings: standardConformingStrings)
        let statement = PlainStatement(tokens)
        parts.append(
            .statement(
                ScriptStatement(
                    text: held, line: line, copiesFromScript: false, table: nil,
                    foreign: ForeignStatement.first(in: tokens), isDefinition: false, isAfterFooter: sawFooter,
                    encoding: encoding, standardConformingStrings: standardConformingStrings)))
        if let standardConformingStrings = statement.standardConformingStrings {
            self.standardConformingStrings = standardConformingStrings
        }
        if let encoding = statement.encoding { change(encoding, &piece, after: index) }
    }

    private mutating func change(_ encoding: TextEncoding, _ piece: inout PlainPiece, after index: Int) {
        self.encoding = encoding
        isWithinPair = false
        piece.blot(from: index + 1, encoding, &isWithinPair)
    }

    /// Reads the line comment that ends before `index`: it may announce an object, or be the first or last line of a dump.
    mutating func endComment(_ piece: inout PlainPiece, at index: Int, _ parts: inout [PlainPart]) {
        if readMarker() {
            lines += piece.countLines(to: index)
            parts.append(.event(.anotherDump(line: lines + 1)))
        }
        if let name = announcedDatabase { parts.append(.event(.databaseAnnounced(name))) }
        if let object = ObjectComment(line: note, encoding) {
            isAnnounced = !object.isOfData
            parts.append(
                .event(.object(kind: object.kind, schema: object.schema, name: object.name, owner: object.owner)))
        }
    }

    /// - Returns: whether another dump begins, behind the first.
    @discardableResult mutating func readMarker() -> Bool {
        let marker = PlainMarker.allCases.first { note.elementsEqual($0.text) }
        switch (scope, marker) {
        case (.dump, .header?):
            // It has an end of its own.
            sawFooter = false
            lineAfterFooter = nil
            defer { sawHeader = true }
            return sawHeader
        case (.dump, .footer?), (.aroundDumps, .clusterFooter?): sawFooter = true
        case (.dumpInCluster, .footer?):
            sawFooter = true
            end(.footer)
        case (.aroundDumps, .header?), (.dumpInCluster, .header?): end(.header)
        case (.dumpInCluster, .clusterFooter?): end(.clusterFooter)
        default: break
        }
        return false
    }

    /// The name in `-- Database "shop" dump`, which `pg_dumpall` writes in front of each dump.
    private var announcedDatabase: String? {
        let (start, end) = (Array("-- Database \"".utf8), Array("\" dump".utf8))
        guard scope == .aroundDumps, note.count > start.count + end.count, note.starts(with: start),
            note.suffix(end.count) == end[...]
        else { return nil }
        return encoding.decode(note.dropFirst(start.count).dropLast(end.count))
    }

    /// Reports the command of psql's that ends before `index`, unless it is one that `pg_dump` writes.
    mutating func endMetaCommand(_ piece: inout PlainPiece, at index: Int, _ parts: inout [PlainPart]) {
        let command = metaCommand
        if let encoding = command.encoding { change(TextEncoding(encoding), &piece, after: index) }
        if scope != .dump, let database = command.database { parts.append(.event(.connected(database))) }
        guard !command.isOfPgDump else { return }
        lines += piece.countLines(to: index)
        if sawFooter { lineAfterFooter = lineAfterFooter ?? lines + 1 }
        let text = note.last == ASCII.carriageReturn ? note.dropLast() : note[...]
        parts.append(.event(.metaCommand(line: lines + 1, text: encoding.decode(text))))
    }

    /// The command of psql's that is in ``note``.
    var metaCommand: MetaCommand {
        MetaCommand(
            note, isWhole: note.count < Self.longestMetaCommand, connects: createsDatabase || scope != .dump,
            encoding)
    }
}
