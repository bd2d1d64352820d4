import Bytes

/// The lexical rules of psql (`psqlscan.l`), as a state machine that can stop between any two bytes.
extension PlainScript {
    /// - Returns: where it ended: at the end of the piece, or of the script.
    mutating func lex(_ piece: inout PlainPiece, _ parts: inout [PlainPart]) -> Int {
        let count = piece.bytes.count
        var index = 0
        while index < count, ending == nil {
            let byte = piece.byte(index)
            switch mode {
            case .start:
                lexStart(&piece, byte, &index)
            case .code:
                lexCode(&piece, &index, &parts)
            case .dash:
                if byte == UInt8(ascii: "-") {
                    startComment(.lineComment, &piece, &index)
                    note = Array("--".utf8)
                } else {
                    begin()
                    mode = .code
                }
            case .slash:
                if byte == UInt8(ascii: "*") {
                    commentDepth = 1
                    startComment(.blockComment, &piece, &index)
                } else {
                    begin()
                    mode = .code
                }
            case .lineComment:
                let end = piece.index(from: index) { ASCII.isLineEnd($0) }
                if !hasBegun { take(piece.bytes[index..<end], limit: Self.longestComment) }
                index = end
                if end < count {
                    if !hasBegun { endComment(&piece, at: end, &parts) }
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
                sawSpace = false
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
                endMetaCommand(&piece, at: end, &parts)
                route(&piece, to: end)
                isHolding = hasBegun
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
                    // A command that would run after the rows are loaded. pg_dump never writes one, so it is removed.
                    copyFollows = true
                    startMetaCommand(&piece, index)
                }
            case .copyData:
                lexCopyData(piece.bytes, &index, &parts)
            }
        }
        return index
    }

    /// A byte order mark is no part of the first statement.
    private mutating func lexStart(_ piece: inout PlainPiece, _ byte: UInt8, _ index: inout Int) {
        if markBytes < Self.byteOrderMark.count, byte == Self.byteOrderMark[markBytes] {
            markBytes += 1
            index += 1
        } else {
            if markBytes > 0, markBytes < Self.byteOrderMark.count {
                // Half a mark is text of the script.
                hold(&piece, from: index)
                held = Array(Self.byteOrderMark.prefix(markBytes))
                begin()
            }
            mode = .code
        }
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

    /// After a closing quote: a second quote directly after it makes both stand for one, and a quote after a carriage
    /// return continues the string. (After a newline it continues the string for the server, but not for psql, which
    /// looks at one line at a time.)
    private mutating func lexStringEnd(_ byte: UInt8, _ index: inout Int) {
        if byte == UInt8(ascii: "'") && (!sawSpace || isBehindReturn) {
            mode = .string
            index += 1
        } else if ASCII.isSpace(byte) && byte != ASCII.newline {
            sawSpace = true
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
            // Not a tag: the bytes after the dollar are a word, or, if there are none yet, perhaps a number.
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
}

extension PlainPiece {
    /// The index of the first byte from `start` on for which `fits` is true, or the end.
    @inline(__always)
    func index(from start: Int, where fits: (UInt8) -> Bool) -> Int {
        var index = start
        while index < bytes.count, !fits(byte(index)) { index += 1 }
        return index
    }
}
