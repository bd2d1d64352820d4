import Bytes

extension PlainScript {
    /// Lexes code outside of strings, quoted names and comments, up to the next byte that changes the mode, and ends
    /// statements at their semicolons.
    mutating func lexCode(
        _ piece: inout PlainPiece, _ index: inout Int, _ output: inout [UInt8], _ events: inout [PlainScriptEvent]
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

    /// Marks the statement as begun: a comment that follows is inside of it, and not between two statements.
    mutating func begin() {
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

    mutating func startComment(
        _ comment: Mode, _ piece: inout PlainPiece, _ index: inout Int, _ output: inout [UInt8]
    ) {
        mode = comment
        index += 1
        if !hasBegun {
            route(&piece, to: index, &output)
            release(&output)
        }
    }

    mutating func startMetaCommand(_ piece: inout PlainPiece, _ index: Int, _ output: inout [UInt8]) {
        route(&piece, to: index, &output)
        resumed = destination
        destination = .nowhere
        note.removeAll(keepingCapacity: true)
        mode = .metaCommand
    }
}
