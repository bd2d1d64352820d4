import Bytes
import Rows

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The rows of a table as INSERT statements (`dumpTableData_insert` in `pg_dump.c`): rows are counted, and the end is
/// compared with that of `pg_dump`. Where values are looked at, each row is held until it is whole.
///
///     INSERT INTO t [(columns)] [OVERRIDING SYSTEM VALUE] VALUES (…), … [ON CONFLICT DO NOTHING];
///     INSERT INTO t DEFAULT VALUES;
final class InsertData: DataSink {
    private(set) var rows: Int64 = 0
    /// Whether a statement does not name its columns, so that its values go by their order.
    private(set) var goesByOrder = false
    private var statements: Int64 = 0
    private let encoding: TextEncoding
    private let backslashEscapes: Bool
    private var text: TextCheck
    /// What is wrong with it; nil if nothing is so far.
    private(set) var problem: String?
    /// The same problem, but set only if no server takes the rows; otherwise nil.
    private(set) var refusal: String?
    private var isEmpty = true

    private var mode = Mode.between
    private var depth = 0
    private var isFirstWord = false
    private var sawValues = false
    private var sawDefault = false
    /// Whether columns are named, or there are none: `DEFAULT VALUES`.
    private var namesColumns = false
    private var word: [UInt8] = []
    /// Whether a backslash escapes in the string that is being read.
    private var escapes = false
    /// Line ends since the last statement, or since the beginning.
    private var newlines = 0
    private var roles: RoleFields?
    /// The statement so far, if the rows name roles.
    private var statement: [UInt8] = []
    /// What looks at the values of each row, if anything does.
    let values: InsertValues?
    /// The beginning of a statement, or a row, as far as it has come; what is longer than a row may be is not held.
    private var held = ByteBuffer()
    private var isTooLong = false

    private enum Mode {
        /// Between two statements.
        case between
        case code
        case string, stringEscape, pair
        case name
    }

    /// - Parameters:
    ///   - standardConformingStrings: whether a backslash is an ordinary character in `'…'`.
    ///   - roles: collects the roles that the rows name; nil where they name none.
    ///   - values: looks at the values of each row; nil where nobody does.
    init(
        encoding: TextEncoding, standardConformingStrings: Bool, roles: RoleFields? = nil, values: InsertValues? = nil
    ) {
        self.roles = roles
        self.values = values
        self.encoding = encoding
        backslashEscapes = !standardConformingStrings
        text = TextCheck(encoding)
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        guard problem == nil else { return }
        isEmpty = isEmpty && bytes.isEmpty
        if text.take(bytes) != nil {
            return refuse("a byte near row \(rows) is not text in \(encoding.name), the encoding of the dump")
        }
        var index = 0
        while index < bytes.count, problem == nil {
            if roles != nil {
                if mode != .between || bytes[index] != ASCII.newline { statement.append(bytes[index]) }
            } else if mode == .string, !escapes, !encoding.hasPairs, let start = bytes.baseAddress {
                // Most bytes are in strings.
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                guard let quote = memchr(start + index, Int32(UInt8(ascii: "'")), rest.count) else { return hold(rest) }
                let next = UnsafeRawPointer(quote) - start
                hold(UnsafeRawBufferPointer(rebasing: bytes[index..<next]))
                index = next
            }
            hold(UnsafeRawBufferPointer(rebasing: bytes[index...index]))
            step(bytes[index])
            index += 1
        }
    }

    /// Takes one whole statement.
    func take(wholeLine statement: [UInt8]) {
        statement.withUnsafeBytes(take)
        withUnsafeBytes(of: ASCII.newline, take)
    }

    /// The roles that its rows name.
    var namedRoles: Set<String> { roles?.roles ?? [] }

    func finish() -> String? {
        if let problem { return problem }
        if isEmpty { return "its data is empty: not even the end of data is there" }
        guard mode == .between, newlines == (statements == 0 ? 2 : 3) else {
            return "its data was cut off: it does not end with a whole statement and two empty lines"
        }
        return nil
    }

    private func refuse(_ reason: String) { (problem, refusal) = (reason, reason) }

    // MARK: Values

    @inline(__always)
    private func hold(_ bytes: UnsafeRawBufferPointer) {
        guard values != nil, !isTooLong else { return }
        if held.count + bytes.count > InsertValues.longestHeld {
            isTooLong = true
            return held.removeAll()
        }
        held.append(bytes)
    }

    private func begin() {
        held.removeAll()
        isTooLong = false
    }

    /// Takes what is held as the values of a row, with the parenthesis that ends it.
    private func endRow() {
        guard let values else { return }
        if isTooLong { return values.passOver() }
        let flaw = held.withUnsafeBytes { values.take(UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
        if let flaw { refuse("row \(rows) \(flaw)") }
    }

    // MARK: Bytes

    private func step(_ byte: UInt8) {
        switch mode {
        case .between:
            if byte == ASCII.newline {
                newlines += 1
                if newlines > 3 { problem = "something follows its last statement" }
            } else if byte == UInt8(ascii: "I"), newlines <= 1 {
                mode = .code
                begin()
                withUnsafeBytes(of: byte, hold)
                word = [byte | 0x20]
                (isFirstWord, sawValues, sawDefault, namesColumns, depth) = (true, false, false, false, 0)
            } else {
                problem = "something other than an INSERT statement follows row \(rows)"
            }
        case .code: code(byte)
        case .string:
            if byte == UInt8(ascii: "'") {
                mode = .code
            } else if byte == ASCII.backslash, escapes {
                mode = .stringEscape
            } else if encoding.isLeadByte(byte) {
                mode = .pair
            }
        case .stringEscape, .pair: mode = .string
        case .name: if byte == ASCII.quote { mode = .code }
        }
    }

    private func code(_ byte: UInt8) {
        if ASCII.isWord(byte) {
            // Longer words mean nothing here.
            if word.count < 16 { word.append(byte | 0x20) }
            return
        }
        let last = word
        word = []
        if depth == 0, !last.isEmpty { read(last) }
        switch byte {
        case UInt8(ascii: "'"):
            mode = .string
            escapes = backslashEscapes || last == [UInt8(ascii: "e")]
        case ASCII.quote: mode = .name
        case UInt8(ascii: "("):
            if depth == 0, sawValues {
                rows += 1
                begin()
            } else if depth == 0 {
                namesColumns = true
            }
            depth += 1
        case UInt8(ascii: ")"):
            depth -= 1
            if depth == 0, sawValues { endRow() }
        case UInt8(ascii: ";") where depth == 0: endStatement()
        default: break
        }
    }

    private func read(_ word: [UInt8]) {
        if isFirstWord, word != Array("insert".utf8) {
            problem = "something other than an INSERT statement follows row \(rows)"
        }
        isFirstWord = false
        if word == Array("values".utf8) {
            sawValues = true
            if !isTooLong, let flaw = values?.begin(Array(held.bytes.dropLast("values ".utf8.count))) {
                refuse("the statement after row \(rows) \(flaw)")
            }
            if sawDefault {
                rows += 1
                namesColumns = true
                values?.takeDefaults()
            }
        }
        sawDefault = word == Array("default".utf8)
    }

    private func endStatement() {
        guard sawValues else {
            problem = "a statement after row \(rows) is no INSERT of rows"
            return
        }
        roles?.take(insert: statement)
        goesByOrder = goesByOrder || !namesColumns
        statement = []
        statements += 1
        newlines = 0
        mode = .between
    }
}
