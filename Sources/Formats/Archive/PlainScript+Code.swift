import Bytes

extension PlainScript {
    /// Lexes code outside of strings, quoted names and comments, up to the next byte that changes the mode, and ends
    /// statements at their semicolons.
    mutating func lexCode(
        _ piece: inout PlainPiece, _ index: inout Int, _ parts: inout [PlainPart]
    ) {
        let count = piece.bytes.count
        while index < count {
            let byte = piece.byte(index)
            if word.length > 0 {
                if ASCII.isWord(byte) || (byte == UInt8(ascii: "$") && wordKind == .word) {
                    // 123abc is one word since PostgreSQL 17; before that, it was likely to cause an error.
                    if wordKind == .number && !ASCII.isDigit(byte) { wordKind = .word }
                    word.append(byte)
                    index += 1
                    continue
                }
                endWord()
            }
            if ASCII.isWord(byte) {
                beginStatement(&piece, index)
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
                beginStatement(&piece, index)
                escapes =
                    switch before {
                    case UInt8(ascii: "e"): true
                    case UInt8(ascii: "b"), UInt8(ascii: "x"), UInt8(ascii: "&"): false
                    default: !standardConformingStrings
                    }
                mode = .string
            case UInt8(ascii: "\""):
                beginStatement(&piece, index)
                mode = .quotedName
            case UInt8(ascii: "$"):
                beginStatement(&piece, index)
                dollarTag.removeAll(keepingCapacity: true)
                mode = .dollarTag
            case UInt8(ascii: "-"), UInt8(ascii: "/"):
                if !hasBegun { hold(&piece, from: index) }
                mode = byte == UInt8(ascii: "-") ? .dash : .slash
            case ASCII.backslash:
                startMetaCommand(&piece, index)
                return
            case UInt8(ascii: ";"):
                beginStatement(&piece, index)
                if parentheses == 0 && routine.depth == 0 {
                    endStatement(&piece, at: index, &parts)
                }
            default:
                beginStatement(&piece, index)
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
    private mutating func beginStatement(_ piece: inout PlainPiece, _ index: Int) {
        guard !hasBegun else { return }
        hold(&piece, from: index)
        begin()
    }

    /// Marks the statement as begun: a comment that follows is inside of it, and not between two statements.
    mutating func begin() {
        hasBegun = true
    }

    private mutating func endWord() {
        if wordKind == .word { routine.take(word, parentheses: parentheses) }
        if verb == nil {
            verb = word
        } else if verb == InsertForm.verb {
            insert.take(word)
        }
        prefix = wordKind == .word ? word.onlyLetter : 0
        word = Keyword()
    }

    mutating func startComment(_ comment: Mode, _ piece: inout PlainPiece, _ index: inout Int) {
        mode = comment
        index += 1
        if !hasBegun {
            route(&piece, to: index)
            drop()
        }
    }

    mutating func startMetaCommand(_ piece: inout PlainPiece, _ index: Int) {
        route(&piece, to: index)
        isHolding = false
        note.removeAll(keepingCapacity: true)
        mode = .metaCommand
    }
}
