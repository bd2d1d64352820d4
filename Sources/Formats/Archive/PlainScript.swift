/// Takes a plain dump apart: into statements, the rows of its COPY statements, and what both mean for a restore.
///
/// It follows the lexical rules of psql, for which the dump was written, so a statement ends where it ends for psql.
/// Commands of psql never become a part: psql would run programs for some of them. Statements about the database as a
/// whole are left out too, because the dump is restored into a database that already exists. What a statement needs
/// (roles) and what is known of it comes before it.
///
///     var script = PlainScript()
///     while let chunk = try stream.read() {
///         var parts: [PlainPart] = []
///         script.consume(chunk.span, parts: &parts)
///         …                       // send each statement by itself, and the rows behind it
///     }
///     let summary = script.finish()
///
/// Chunks may be cut anywhere. Rows of COPY are not copied: a part names their place in the chunk, at the speed of
/// `memchr`. They are rows even if the server refused the COPY, and never taken for statements. A statement is held
/// until it is complete, up to ``longestStatement``; of a longer one, only its place is told.
package struct PlainScript: Sendable {
    /// The longest statement that is taken, in bytes. A restore needs its memory twice: here and in libpq.
    package static let longestStatement = 64 << 20
    /// The most bytes of a comment, and of a command of psql's, that are kept for reading.
    static let longestComment = 16 * 1024
    static let longestMetaCommand = 1024
    /// The UTF-8 byte order mark, which psql skips at the start of a file.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    // MARK: Where the lexer is

    var mode = Mode.start
    /// The unquoted word, number or variable that is being read.
    var word = Keyword()
    var wordKind = WordKind.word
    /// The one-letter word directly before the next byte, or `&` after a U: the prefix of `E'`, `B'`, `X'` and `U&'`.
    /// Also a colon that is not the second of two: the prefix of a variable.
    var prefix: UInt8 = 0
    /// Whether a backslash escapes in the string that is being read.
    var escapes = false
    /// Whether white space, and a carriage return in it, came after the end of a string.
    var sawSpace = false
    var isBehindReturn = false
    var commentDepth = 0
    /// The text between the dollars that opened the string.
    var dollarTag: [UInt8] = []
    /// How many bytes of ``dollarTag`` have been matched since the last dollar; nil when they cannot match.
    var dollarMatch: Int?
    var copyProgress = CopyProgress.lineStart
    /// The beginning of a line of rows that may be the line which ends them: at most three bytes.
    var heldRows: [UInt8] = []
    /// The start of a line comment or of a command of psql's.
    var note: [UInt8] = []
    /// Whether rows follow the line that is being read.
    var copyFollows = false
    var encoding = TextEncoding.utf8
    var standardConformingStrings = true
    /// Whether the last chunk ended between the two bytes of a character.
    var isWithinPair = false
    /// How many bytes of the byte order mark have been met.
    var markBytes = 0

    // MARK: The statement

    var hasBegun = false
    var verb: Keyword?
    var parentheses = 0
    var routine = RoutineBody()
    var insert = InsertForm()
    /// The statement so far.
    var held: [UInt8] = []
    var isTooLong = false
    /// Whether the bytes that come belong to the statement.
    var isHolding = false

    // MARK: The script

    var statements = 0
    /// How many line ends have been counted: those before the current chunk, and those of it that the piece has
    /// counted.
    var lines = 0
    /// What the script is taken for.
    let scope: Scope
    /// What ended it before the end of the text.
    private(set) var ending: Ending?
    var sawHeader = false
    var sawFooter = false
    /// The line of the first statement, or command of psql's, after the closing comment.
    var lineAfterFooter: Int?
    var createsDatabase = false
    /// Whether the last comment that announced something announced an object, and not the data of one.
    var isAnnounced = false

    /// - Parameters:
    ///   - line: how many line ends are in front of it, where it is a part of a text.
    ///   - lexing: what was set in front of it.
    package init(_ scope: Scope = .dump, line: Int = 0, lexing: Lexing = Lexing()) {
        self.scope = scope
        lines = line
        (encoding, standardConformingStrings) = (lexing.encoding, lexing.standardConformingStrings)
        // Its first comment ended what stands in front of it.
        sawHeader = scope == .dumpInCluster
    }

    /// What statements of a script set for the text behind them.
    package struct Lexing: Sendable {
        var encoding = TextEncoding.utf8
        var standardConformingStrings = true

        package init() {}
    }

    var lexing: Lexing {
        var lexing = Lexing()
        (lexing.encoding, lexing.standardConformingStrings) = (encoding, standardConformingStrings)
        return lexing
    }

    package enum Scope: Sendable {
        /// One dump, or several, one behind the other.
        case dump
        /// What stands around the dumps of a script of `pg_dumpall`. It ends where a dump begins.
        case aroundDumps
        /// A dump in such a script, behind its first comment. It ends with its last one.
        case dumpInCluster
    }

    /// The comment with which a part of a script ended.
    enum Ending: Sendable {
        /// The first one of a dump.
        case header
        /// The last one of a dump.
        case footer
        /// The last one of a script of `pg_dumpall`, within a dump that had none.
        case clusterFooter
    }

    mutating func end(_ ending: Ending) { self.ending = ending }

    enum Mode: Sendable {
        /// Before the first byte that is not of a byte order mark.
        case start
        case code
        /// After one dash, or one slash, which may start a comment.
        case dash, slash
        case lineComment, blockComment, blockCommentStar, blockCommentSlash
        case string, stringEscape, stringEnd
        case quotedName
        case dollarTag, dollarString
        case metaCommand
        /// After a COPY statement, on its line.
        case copyLine
        case copyData
    }

    /// The kind of a run of word bytes. A dollar continues a word, but not a number or a variable.
    enum WordKind: Sendable {
        case word, number, variable
    }

    /// How much of a line of COPY data has been matched with the line `\.` that ends it.
    enum CopyProgress: Sendable {
        case lineStart, backslash, period, carriageReturn
        /// Some other line.
        case row
    }

    /// Takes the next piece of the script.
    ///
    /// - Parameters:
    ///   - input: the bytes, decompressed.
    ///   - parts: what was found is appended here, in the order of the script.
    /// - Returns: how many bytes are of it: all of them, unless it has an ``ending``.
    @discardableResult
    package mutating func consume(_ input: Span<UInt8>, parts: inout [PlainPart]) -> Int {
        input.withUnsafeBufferPointer { input in
            guard !input.isEmpty else { return 0 }
            var piece = PlainPiece(input, self.encoding, &isWithinPair)
            let end = lex(&piece, &parts)
            route(&piece, to: end)
            lines += piece.countLines(to: end)
            return end
        }
    }

    /// Takes the next piece of the script.
    @discardableResult
    package mutating func consume(_ input: [UInt8], parts: inout [PlainPart]) -> Int {
        consume(input.span, parts: &parts)
    }

    /// Call at the end of the script. A statement that is not complete is never a part.
    package mutating func finish() -> PlainScriptSummary {
        if mode == .lineComment, !hasBegun { readMarker() }
        return PlainScriptSummary(
            sawFooter: sawFooter, statements: statements, lines: lines, endedInside: endedInside,
            lineAfterFooter: lineAfterFooter ?? (sawFooter && endedInside != nil ? lines + 1 : nil))
    }

    private var endedInside: String? {
        switch mode {
        case .copyLine, .copyData: "the rows of a COPY statement"
        case .string, .stringEscape: "a string"
        case .quotedName: "a quoted name"
        case .dollarString: "a dollar-quoted string"
        case .blockComment, .blockCommentStar, .blockCommentSlash: "a comment"
        case .metaCommand where !metaCommand.isOfPgDump: "a command of psql's"
        default: hasBegun ? "a statement" : nil
        }
    }
}
