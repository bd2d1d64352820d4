import Archive

/// What came out of a script.
package struct Scanned: Equatable {
    /// The statements, each on a line of its own, and the rows.
    package var output: [UInt8] = []
    package var statements: [ScriptStatement] = []
    package var events: [PlainScriptEvent] = []
    package var summary = PlainScriptSummary(sawFooter: false, statements: 0, lines: 0, endedInside: nil)

    package var text: String { String(decoding: output, as: UTF8.self) }
    package var metaCommands: [String] {
        events.compactMap { if case .metaCommand(_, let text) = $0 { text } else { nil } }
    }

    /// Feeds the script in pieces, whose sizes `next` gives.
    package init(_ script: [UInt8], by next: () -> Int = { .max }) {
        var scanner = PlainScript()
        var start = 0
        while start < script.count {
            let end = start + min(max(1, next()), script.count - start)
            let chunk = Array(script[start..<end])
            var parts: [PlainPart] = []
            scanner.consume(chunk, parts: &parts)
            for part in parts { take(part, of: chunk) }
            start = end
        }
        summary = scanner.finish()
    }

    private mutating func take(_ part: PlainPart, of chunk: [UInt8]) {
        switch part {
        case .event(let event): events.append(event)
        case .statement(let statement):
            statements.append(statement)
            output += statement.text + [10]
        case .rows(let range): output += chunk[range]
        case .heldRows(let rows): output += rows
        case .endOfRows: output += Array("\\.\n".utf8)
        }
    }

    package init(_ script: String) {
        self.init(Array(script.utf8))
    }
}
