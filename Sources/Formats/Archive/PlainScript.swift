/// Filters a plain dump on its way to psql.
///
/// psql runs everything that a script says, shell commands included, so meta-commands must not come from a backup. The
/// scanner follows psql's own lexical rules and removes them. It also removes statements about the database as a whole,
/// because the dump is restored into a database that already exists. What a statement needs (roles, extensions) is
/// announced before the statement is sent.
///
///     var script = PlainScript()
///     while let chunk = try stream.read() {
///         script.consume(chunk.span, output: &output, events: &events)
///         …                       // create the roles in events, then give output to psql
///     }
///     let summary = script.finish()
///
/// Chunks may be cut anywhere. Rows of COPY pass through at the speed of `memchr`. A statement is held back until it is
/// complete, up to ``longestHeldStatement``; a longer statement passes without being examined.
///
/// What it cannot remove:
/// - `:NAME` outside of quotes, which psql replaces by the value of its variable NAME. As `\set` never reaches it, and
///   with `--no-psqlrc` and no `--set`, only psql's own variables (`HOST`, `USER`, …) exist; their values are harmless.
/// - Rows after a COPY that the server refused: psql reads them as script. Run psql with `ON_ERROR_STOP`, or send it
///   `\restrict` with a random key first where it knows that (August 2025 and later); it then refuses all
///   meta-commands.
package struct PlainScript: Sendable {
    /// The longest statement that is held back and examined, in bytes.
    package static let longestHeldStatement = 1024 * 1024
    /// The most bytes of a comment, and of a meta-command, that are kept for reading.
    static let longestComment = 16 * 1024
    static let longestMetaCommand = 1024

    // MARK: Where the lexer is

    var mode = Mode.code
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
    /// The start of a line comment or a meta-command.
    var note: [UInt8] = []
    /// Whether rows follow the line that is being read.
    var copyFollows = false
    var encoding = TextEncoding.utf8
    var standardConformingStrings = true
    /// Whether the last chunk ended between the two bytes of a character.
    var isWithinPair = false

    // MARK: The statement

    var hasBegun = false
    var hasVerb = false
    var parentheses = 0
    var routine = RoutineBody()

    // MARK: Where bytes go

    var destination = Destination.output
    /// The destination after the meta-command.
    var resumed = Destination.output
    /// The statement so far, while it is held back.
    var held: [UInt8] = []

    // MARK: The script

    var statements = 0
    /// How many line ends have been counted: those before the current chunk, and those of it that the piece has
    /// counted.
    var lines = 0
    var isCluster = false
    var sawFooter = false
    var createsDatabase = false

    package init() {}

    enum Mode: Sendable {
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

    enum Destination: Sendable {
        case output, held, nowhere
    }

    /// Takes the next piece of the script.
    ///
    /// - Parameters:
    ///   - input: the bytes, decompressed.
    ///   - output: bytes that psql may see are appended here.
    ///   - events: findings are appended here, at the latest by the call that outputs the bytes that they are about.
    package mutating func consume(
        _ input: Span<UInt8>, output: inout [UInt8], events: inout [PlainScriptEvent]
    ) {
        input.withUnsafeBufferPointer { input in
            guard !input.isEmpty else { return }
            var piece = PlainPiece(input, self.encoding, &isWithinPair)
            lex(&piece, output: &output, events: &events)
            route(&piece, to: input.count, &output)
            lines += piece.countLines(to: input.count)
        }
    }

    /// Takes the next piece of the script.
    package mutating func consume(_ input: [UInt8], output: inout [UInt8], events: inout [PlainScriptEvent]) {
        consume(input.span, output: &output, events: &events)
    }

    /// Call at the end of the script. A statement that is held back and incomplete is never sent.
    package mutating func finish() -> PlainScriptSummary {
        if mode == .lineComment, !hasBegun { readMarker() }
        return PlainScriptSummary(
            sawFooter: sawFooter, statements: statements, lines: lines, endedInside: endedInside)
    }

    private var endedInside: String? {
        switch mode {
        case .copyLine, .copyData: "the rows of a COPY statement"
        case .string, .stringEscape: "a string"
        case .quotedName: "a quoted name"
        case .dollarString: "a dollar-quoted string"
        case .blockComment, .blockCommentStar, .blockCommentSlash: "a comment"
        case .metaCommand where !isExpectedMetaCommand: "a command of psql's"
        default: hasBegun ? "a statement" : nil
        }
    }
}
