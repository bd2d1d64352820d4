/// Stands between the bytes of a plain dump and psql.
///
/// psql runs whatever a script says, shell commands included, so its meta-commands must not come from a backup. The
/// scanner follows psql's own lexical rules and takes them out; statements about the database as a whole go too, since
/// the dump is restored into one that is there; and what a statement needs (roles, extensions) is announced before the
/// statement comes out.
///
///     var script = PlainScript()
///     while let chunk = try stream.read() {
///         script.consume(chunk.span, output: &output, events: &events)
///         …                       // create the roles in events, then give output to psql
///     }
///     let summary = script.finish()
///
/// Chunks may be cut anywhere. Rows of COPY pass through at the speed of `memchr`. A statement is held back until it is
/// complete, up to ``longestHeldStatement``; longer ones pass without a look at what they say.
///
/// What it cannot take out:
/// - `:NAME` outside of quotes, which psql replaces by the value of its variable NAME. As `\set` never reaches it, and
///   with `--no-psqlrc` and no `--set`, only psql's own variables (`HOST`, `USER`, …) exist; their values are harmless.
/// - Rows after a COPY that the server refused: psql reads them as script. Run psql with `ON_ERROR_STOP`, or send it
///   `\restrict` with a random key first where it knows that (August 2025 and later); it then refuses all
///   meta-commands.
package struct PlainScript: Sendable {
    /// How long a statement may be to be held back and examined, in bytes.
    package static let longestHeldStatement = 1024 * 1024
    /// How much of a comment, and of a meta-command, is kept to be read, in bytes.
    static let longestComment = 16 * 1024
    static let longestMetaCommand = 1024

    // MARK: Where the lexer is

    var mode = Mode.code
    /// The unquoted word, number or variable that is being read.
    var word = Keyword()
    var wordKind = WordKind.word
    /// The one-letter word directly before the next byte, or `&` behind a U: what makes `E'`, `B'`, `X'` and `U&'`.
    /// Also a colon that is not the second of two: what makes a variable.
    var prefix: UInt8 = 0
    /// Whether a backslash escapes in the string that is being read.
    var escapes = false
    /// Whether white space, and a carriage return in it, came after the end of a string.
    var isBehindSpace = false
    var isBehindReturn = false
    var commentDepth = 0
    /// What is between the dollars that opened the string.
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
    /// Where they go again behind a meta-command.
    var resumed = Destination.output
    /// The statement so far, while it is held back.
    var held: [UInt8] = []

    // MARK: The script

    var statements = 0
    /// Line ends before the byte of the current chunk to which they have been counted.
    var lines = 0
    var isCluster = false
    var sawFooter = false
    var createsDatabase = false

    package init() {}

    enum Mode: Sendable {
        case code
        /// Behind one dash, or one slash, which may start a comment.
        case dash, slash
        case lineComment, blockComment, blockCommentStar, blockCommentSlash
        case string, stringEscape, stringEnd
        case quotedName
        case dollarTag, dollarString
        case metaCommand
        /// Behind a COPY statement, on its line.
        case copyLine
        case copyData
    }

    /// What a run of word bytes is. A dollar goes on with a word, and not with the others.
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
    ///   - output: what psql may see is appended here.
    ///   - events: what was found is appended here, always at the latest with the bytes it is about.
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

    /// Says that the script is over. A statement that is not complete never comes out.
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
