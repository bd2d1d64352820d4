import Bytes

extension PlainScript {
    /// Sends the bytes that have not been sent, up to `end`, to the current destination.
    mutating func route(_ piece: inout PlainPiece, to end: Int, _ output: inout [UInt8]) {
        let part = UnsafeBufferPointer(rebasing: piece.bytes[piece.routed..<end])
        piece.routed = end
        switch destination {
        case .output: output.append(contentsOf: part)
        case .nowhere: break
        case .held:
            held.append(contentsOf: part)
            if held.count > Self.longestHeldStatement { release(&output) }
        }
    }

    /// Starts to hold bytes back, from `index` on.
    mutating func hold(_ piece: inout PlainPiece, from index: Int, _ output: inout [UInt8]) {
        guard destination == .output else { return }
        route(&piece, to: index, &output)
        destination = .held
    }

    /// Sends the bytes that were held back. The bytes that follow are sent at once.
    mutating func release(_ output: inout [UInt8]) {
        output += held
        held.removeAll(keepingCapacity: true)
        destination = .output
    }

    /// Ends the statement whose semicolon is at `index`: examines it if it was held back, then sends or drops it.
    mutating func endStatement(
        _ piece: inout PlainPiece, at index: Int, _ output: inout [UInt8], _ events: inout [PlainScriptEvent]
    ) {
        route(&piece, to: index + 1, &output)
        statements += 1
        sawFooter = false
        hasBegun = false
        hasVerb = false
        routine = RoutineBody()
        guard destination == .held else { return }
        let statement = PlainStatement(
            SQLTokens(held, encoding, standardConformingStrings: standardConformingStrings))
        events += statement.events
        if statement.isAboutDatabase {
            createsDatabase = createsDatabase || statement.createsDatabase
            lines += piece.countLines(to: index)
            events.append(.databaseStatement(line: lines + 1))
            held.removeAll(keepingCapacity: true)
        }
        release(&output)
        if let standardConformingStrings = statement.standardConformingStrings {
            self.standardConformingStrings = standardConformingStrings
        }
        if let encoding = statement.encoding {
            self.encoding = encoding
            isWithinPair = false
            piece.blot(from: index + 1, encoding, &isWithinPair)
        }
        if statement.copiesFromScript { mode = .copyLine }
    }

    /// Reads the line comment that has ended: it may announce an object, or be the first or last line of a dump.
    mutating func endComment(_ events: inout [PlainScriptEvent]) {
        readMarker()
        if let object = ObjectComment(line: note, encoding) {
            events.append(
                .object(kind: object.kind, schema: object.schema, name: object.name, owner: object.owner))
        }
    }

    mutating func readMarker() {
        if note.elementsEqual(PlainMarker.clusterHeader) { isCluster = true }
        if note.elementsEqual(isCluster ? PlainMarker.clusterFooter : PlainMarker.footer) { sawFooter = true }
    }

    /// Reports the meta-command that ends before `index`, unless it is one that `pg_dump` writes.
    mutating func endMetaCommand(_ piece: inout PlainPiece, at index: Int, _ events: inout [PlainScriptEvent]) {
        guard !isExpectedMetaCommand else { return }
        lines += piece.countLines(to: index)
        let text = note.last == ASCII.carriageReturn ? note.dropLast() : note[...]
        events.append(.metaCommand(line: lines + 1, text: encoding.decode(text)))
    }

    /// Whether the meta-command is one that `pg_dump` writes: `\restrict`, `\unrestrict`, and `\connect` to the
    /// database that the script creates.
    var isExpectedMetaCommand: Bool {
        let name = note.prefix { !ASCII.isSpace($0) }
        // Another command may follow on the same line; pg_dump never writes two.
        guard !note.dropFirst(name.count).contains(UInt8(ascii: "\\")) else { return false }
        return name.elementsEqual("\\restrict".utf8) || name.elementsEqual("\\unrestrict".utf8)
            || (name.elementsEqual("\\connect".utf8) && createsDatabase && !isCluster)
    }
}
