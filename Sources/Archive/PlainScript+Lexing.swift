#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The lexical rules of psql (`psqlscan.l`), as a state machine that can stop between any two bytes.
extension PlainScript {
    mutating func lex(_ piece: inout PlainPiece, output: inout [UInt8], events: inout [PlainScriptEvent]) {
        let count = piece.bytes.count
        var index = 0
        while index < count {
            let byte = piece.byte(index)
            switch mode {
            case .code:
                lexCode(&piece, &index, &output, &events)
            case .dash:
                if byte == UInt8(ascii: "-") {
                    startComment(.lineComment, &piece, &index, &output)
                    note = Array("--".utf8)
                } else {
                    begin()
                    mode = .code
                }
            case .slash:
                if byte == UInt8(ascii: "*") {
                    commentDepth = 1
                    startComment(.blockComment, &piece, &index, &output)
                } else {
                    begin()
                    mode = .code
                }
            case .lineComment:
                let end = piece.index(from: index) { ASCII.isLineEnd($0) }
                if !hasBegun { take(piece.bytes[index..<end], limit: Self.longestComment) }
                index = end
                if end < count {
                    if !hasBegun { endComment(&events) }
                    mode = .code
                }
            case .blockComment, .blockCommentStar, .blockCommentSlash:
                lexBlockComment(byte)
                index += 1
            case .string:
                index = piece.index(from: index) { [escapes] in
                    $0 == UInt8(ascii: "'") || escapes && $0 == ASCII.backslash
                }
                guard index < count else { break }
                mode = piece.byte(index) == ASCII.backslash ? .stringEscape : .stringEnd
                isBehindSpace = false
                isBehindReturn = false
                index += 1
            case .stringEscape:
                mode = .string
                index += 1
            case .stringEnd:
                lexStringEnd(byte, &index)
            case .quotedName:
                index = piece.index(from: index) { $0 == UInt8(ascii: "\"") }
                guard index < count else { break }
                mode = .code
                index += 1
            case .dollarTag:
                lexDollarTag(byte, &index)
            case .dollarString:
                lexDollarString(piece, &index)
            case .metaCommand:
                let end = piece.index(from: index) { $0 == ASCII.newline }
                take(piece.bytes[index..<end], limit: Self.longestMetaCommand)
                index = end
                guard end < count else { break }
                endMetaCommand(&piece, at: end, &events)
                route(&piece, to: end, &output)
                destination = resumed
                mode = copyFollows ? .copyLine : .code
                copyFollows = false
            case .copyLine:
                if byte == ASCII.newline {
                    mode = .copyData
                    copyProgress = .lineStart
                    index += 1
                } else if ASCII.isSpace(byte) {
                    index += 1
                } else {
                    // Something that runs once the rows are in. pg_dump never writes it, so it goes.
                    copyFollows = true
                    startMetaCommand(&piece, index, &output)
                }
            case .copyData:
                lexCopyData(piece.bytes, &index)
            }
        }
    }

    /// Outside of everything: goes on to the next byte that changes the mode or ends the statement.
    private mutating func lexCode(
        _ piece: inout PlainPiece, _ index: inout Int, _ output: inout [UInt8], _ events: inout [PlainScriptEvent]
    ) {
        let count = piece.bytes.count
        while index < count {
            let byte = piece.byte(index)
            if word.length > 0 {
                if ASCII.isWord(byte) || (byte == UInt8(ascii: "$") && wordKind == .word) {
                    // 123abc is one word since PostgreSQL 17, and was an error waiting to happen before.
                    if wordKind == .number && !ASCII.isDigit(byte) { wordKind = .word }
                    word.append(byte)
                    index += 1
                    continue
                }
                endWord(&piece, index, &output)
            }
            if ASCII.isWord(byte) {
                beginStatement(&piece, index, &output)
                wordKind = prefix == UInt8(ascii: ":") ? .variable : ASCII.isDigit(byte) ? .number : .word
                word.append(byte)
                index += 1
                continue
            }
            let before = prefix
            prefix = 0
            switch byte {
            case UInt8(ascii: " "), 0x09...0x0D:
                break
            case UInt8(ascii: "'"):
                beginStatement(&piece, index, &output)
                escapes =
                    switch before {
                    case UInt8(ascii: "e"): true
                    case UInt8(ascii: "b"), UInt8(ascii: "x"), UInt8(ascii: "&"): false
                    default: !standardConformingStrings
                    }
                mode = .string
            case UInt8(ascii: "\""):
                beginStatement(&piece, index, &output)
                mode = .quotedName
            case UInt8(ascii: "$"):
                beginStatement(&piece, index, &output)
                dollarTag.removeAll(keepingCapacity: true)
                mode = .dollarTag
            case UInt8(ascii: "-"), UInt8(ascii: "/"):
                hold(&piece, from: index, &output, unless: hasBegun)
                mode = byte == UInt8(ascii: "-") ? .dash : .slash
            case ASCII.backslash:
                startMetaCommand(&piece, index, &output)
                return
            case UInt8(ascii: ";"):
                beginStatement(&piece, index, &output)
                if parentheses == 0 && routine.depth == 0 {
                    endStatement(&piece, at: index, &output, &events)
                }
            default:
                beginStatement(&piece, index, &output)
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses = max(0, parentheses - 1)
                case UInt8(ascii: ":"): prefix = before == byte ? 0 : byte
                case UInt8(ascii: "&"): prefix = before == UInt8(ascii: "u") ? byte : 0
                default: break
                }
            }
            index += 1
            if mode != .code { return }
        }
    }

    @inline(__always)
    private mutating func beginStatement(_ piece: inout PlainPiece, _ index: Int, _ output: inout [UInt8]) {
        guard !hasBegun else { return }
        hold(&piece, from: index, &output)
        begin()
    }

    /// The statement has begun: what comes now is no comment between two of them.
    private mutating func begin() {
        hasBegun = true
    }

    private mutating func hold(
        _ piece: inout PlainPiece, from index: Int, _ output: inout [UInt8], unless hasBegun: Bool
    ) {
        if !hasBegun { hold(&piece, from: index, &output) }
    }

    private mutating func endWord(_ piece: inout PlainPiece, _ index: Int, _ output: inout [UInt8]) {
        if wordKind == .word { routine.take(word, parentheses: parentheses) }
        if !hasVerb {
            hasVerb = true
            if !PlainStatement.needsExamination(word) {
                route(&piece, to: index, &output)
                release(&output)
            }
        }
        prefix = wordKind == .word ? word.onlyLetter : 0
        word = Keyword()
    }

    private mutating func startComment(
        _ comment: Mode, _ piece: inout PlainPiece, _ index: inout Int, _ output: inout [UInt8]
    ) {
        mode = comment
        index += 1
        if !hasBegun {
            route(&piece, to: index, &output)
            release(&output)
        }
    }

    private mutating func startMetaCommand(_ piece: inout PlainPiece, _ index: Int, _ output: inout [UInt8]) {
        route(&piece, to: index, &output)
        resumed = destination
        destination = .nowhere
        note.removeAll(keepingCapacity: true)
        mode = .metaCommand
    }

    private mutating func take(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, limit: Int) {
        note.append(contentsOf: bytes.prefix(max(0, limit - note.count)))
    }

    /// Block comments nest.
    private mutating func lexBlockComment(_ byte: UInt8) {
        switch (mode, byte) {
        case (.blockCommentStar, UInt8(ascii: "/")):
            commentDepth -= 1
            mode = commentDepth == 0 ? .code : .blockComment
        case (.blockCommentSlash, UInt8(ascii: "*")):
            commentDepth += 1
            mode = .blockComment
        case (_, UInt8(ascii: "*")): mode = .blockCommentStar
        case (_, UInt8(ascii: "/")): mode = .blockCommentSlash
        default: mode = .blockComment
        }
    }

    /// Behind a quote: another makes both stand for one, and behind a carriage return it goes on with the string. (Behind a
    /// newline it does so for the server, but not for psql, which looks at one line at a time.)
    private mutating func lexStringEnd(_ byte: UInt8, _ index: inout Int) {
        if byte == UInt8(ascii: "'") && (!isBehindSpace || isBehindReturn) {
            mode = .string
            index += 1
        } else if ASCII.isSpace(byte) && byte != ASCII.newline {
            isBehindSpace = true
            isBehindReturn = isBehindReturn || byte == ASCII.carriageReturn
            index += 1
        } else {
            mode = .code
        }
    }

    private mutating func lexDollarTag(_ byte: UInt8, _ index: inout Int) {
        if byte == UInt8(ascii: "$") {
            mode = .dollarString
            dollarMatch = nil
            index += 1
        } else if dollarTag.isEmpty ? ASCII.isWordStart(byte) : ASCII.isWord(byte),
            dollarTag.count < Self.longestComment
        {
            dollarTag.append(byte)
            index += 1
        } else {
            // No tag: what looked like one is a word, or a number if there was nothing between.
            mode = .code
            for byte in dollarTag { word.append(byte) }
            wordKind = .word
        }
    }

    private mutating func lexDollarString(_ piece: PlainPiece, _ index: inout Int) {
        if dollarMatch == nil {
            index = piece.index(from: index) { $0 == UInt8(ascii: "$") }
            guard index < piece.bytes.count else { return }
            dollarMatch = 0
            index += 1
            return
        }
        let byte = piece.byte(index)
        let matched = dollarMatch ?? 0
        index += 1
        if byte == UInt8(ascii: "$") {
            if matched == dollarTag.count {
                mode = .code
            } else {
                dollarMatch = 0
            }
        } else {
            dollarMatch = matched < dollarTag.count && dollarTag[matched] == byte ? matched + 1 : nil
        }
    }

    /// Goes to the end of the rows, or of the chunk. psql takes `\.` for the end only on a line of its own.
    private mutating func lexCopyData(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        guard let base = bytes.baseAddress else { return }
        while index < bytes.count {
            if copyProgress == .row {
                guard let newline = memchr(base + index, Int32(ASCII.newline), bytes.count - index) else {
                    index = bytes.count
                    return
                }
                index = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
                copyProgress = .lineStart
                continue
            }
            let byte = bytes[index]
            index += 1
            switch (copyProgress, byte) {
            case (.lineStart, ASCII.backslash): copyProgress = .backslash
            case (.backslash, UInt8(ascii: ".")): copyProgress = .period
            case (.period, ASCII.carriageReturn): copyProgress = .carriageReturn
            case (.period, ASCII.newline), (.carriageReturn, ASCII.newline):
                mode = .code
                return
            case (_, ASCII.newline): copyProgress = .lineStart
            default: copyProgress = .row
            }
        }
    }
}

extension PlainPiece {
    /// The first byte from `start` on that fits, or the end.
    @inline(__always)
    func index(from start: Int, where fits: (UInt8) -> Bool) -> Int {
        var index = start
        while index < bytes.count, !fits(byte(index)) { index += 1 }
        return index
    }
}
