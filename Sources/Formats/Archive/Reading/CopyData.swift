import Bytes
import Rows
import Values

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The rows of a table in COPY's text format, as `pg_dump` of all versions writes them: a line for each row, the line
/// `\.`, and two empty lines.
final class CopyData: DataSink {
    /// The most bytes of a row that are held. Of a longer row that is cut between two pieces, only its hash is. More are
    /// held for a look at the values.
    private static let longestHeld = (forHash: 1 << 20, forValues: 64 << 20)

    let target: CopyTarget
    /// The columns that hold a time with a time zone.
    let timeColumns: Set<String>
    private(set) var digest = TableDigest()
    /// Bytes of the longest row.
    private(set) var longestRow = 0
    /// The rows by ranges of their key, where they are wanted so; nil too once a row came whose key is not known.
    private(set) var keyed: KeyedRows?
    /// What looks at the values of each row, if anything does.
    let inspector: RowInspector?
    private var fields: RowFields
    private let times: TimeFields
    private var roles: RoleFields?
    /// Of a row that has not begun.
    private let text: TextCheck
    private let encoding: TextEncoding
    private let mayEndInReturns: Bool
    private var problem: String?
    /// The beginning of a row whose end has not come yet.
    private var partial = ByteBuffer()
    private let longRows: LongRows?
    private var isAlone = false
    private var long: LongRow?
    /// How many bytes came after the line `\.`; nil before it.
    private var trailing: Int?
    private var isEmpty = true

    /// - Parameters:
    ///   - target: names the columns, of which each row has a field.
    ///   - timeColumns: those that hold a time with a time zone.
    ///   - keyed: takes the rows by ranges of their key; nil where nobody asks.
    ///   - roles: collects the roles that the rows name; nil where they name none.
    ///   - longRows: of all tables that are read at the same time; nil where no others are.
    ///   - mayEndInReturns: whether a carriage return before a line end belongs to it. In a value it is always escaped.
    init(
        _ target: CopyTarget, timeColumns: Set<String>, encoding: TextEncoding, inspector: RowInspector? = nil,
        keyed: KeyedRows? = nil, roles: RoleFields? = nil, longRows: LongRows? = nil, mayEndInReturns: Bool = false
    ) {
        let columns = target.columns
        self.target = target
        self.timeColumns = timeColumns
        fields = RowFields(columns: columns.count)
        times = TimeFields(columns.indices.filter { timeColumns.contains(columns[$0]) })
        text = TextCheck(encoding)
        self.encoding = encoding
        self.inspector = inspector
        self.keyed = keyed
        self.roles = roles
        self.longRows = longRows
        self.mayEndInReturns = mayEndInReturns
    }

    deinit { if isAlone { longRows?.end() } }

    func take(_ bytes: UnsafeRawBufferPointer) {
        guard problem == nil, var start = bytes.baseAddress else { return }
        isEmpty = isEmpty && bytes.isEmpty
        let end = start + bytes.count
        if trailing == nil, hasOpenRow {
            guard let newline = memchr(start, Int32(ASCII.newline), end - start).map({ UnsafeRawPointer($0) }) else {
                return keep(start, end)
            }
            keep(start, newline)
            endOpenRow()
            start = newline + 1
        }
        while trailing == nil, problem == nil, start < end {
            guard let newline = fields.take(start, end) else {
                keep(start, end)
                break
            }
            add(UnsafeRawBufferPointer(start: start, count: newline - start))
            start = newline + 1
        }
        if trailing != nil, problem == nil { trail(UnsafeRawBufferPointer(start: start, count: end - start)) }
    }

    /// The roles that its rows name. A row of more than 1 MiB may name others.
    var namedRoles: Set<String> { roles?.roles ?? [] }

    func finish() -> String? {
        inspector?.finish()
        if let problem { return problem }
        if isEmpty { return "its data is empty: not even the end of data is there" }
        if hasOpenRow { return "its data was cut off within row \(digest.rows + 1)" }
        guard let trailing else { return "its data was cut off: it does not end with the end-of-data mark" }
        return trailing == Self.end.count ? nil : "its data was cut off within the end-of-data mark"
    }

    // MARK: Rows

    private static let end: [UInt8] = [ASCII.newline, ASCII.newline]

    /// Takes the row whose fields were taken last.
    private func add(_ whole: UnsafeRawBufferPointer) {
        var row = whole
        if mayEndInReturns, row.last == ASCII.carriageReturn {
            row = UnsafeRawBufferPointer(rebasing: row.dropLast())
            fields.dropLastByte()
        }
        if row.count == 2, row[0] == ASCII.backslash, row[1] == UInt8(ascii: ".") {
            trailing = 0
            return
        }
        longestRow = max(longestRow, row.count)
        // A row without a byte has one field, or is of a table without columns.
        let count = row.isEmpty && target.columns.isEmpty ? 0 : fields.count
        guard count == target.columns.count else { return note(fieldsFound: count) }
        guard fields.isPlain || text.isText(row) else { return noteStrangeByte() }
        roles?.take(row: row)
        times.withUTC(row, fields) { row in
            let hash = RowHash.Value(of: row)
            digest.add(row: hash)
            keyed?.add(row: row, hash)
        }
        if count > 0 { inspector?.take(fields) }
    }

    private func note(fieldsFound count: Int) {
        problem =
            "row \(digest.rows + 1) has \(count) fields, and its COPY statement names \(target.columns.count) columns"
    }

    private func noteStrangeByte() {
        problem = "a byte in row \(digest.rows + 1) is not text in \(encoding.name), the encoding of the dump"
    }

    private func trail(_ bytes: UnsafeRawBufferPointer) {
        guard let before = trailing else { return }
        trailing = before + bytes.count
        guard before + bytes.count <= Self.end.count, bytes.allSatisfy({ $0 == ASCII.newline }) else {
            problem = "something follows its end-of-data mark"
            return
        }
    }

    // MARK: Rows that are cut between two pieces

    private var hasOpenRow: Bool { !partial.isEmpty || long != nil }

    private func keep(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
        let bytes = UnsafeRawBufferPointer(start: start, count: end - start)
        let longest = inspector == nil ? Self.longestHeld.forHash : Self.longestHeld.forValues
        if long == nil, partial.count + bytes.count <= longest {
            if let longRows, !isAlone, partial.count + bytes.count > LongRows.shortest {
                longRows.begin()
                isAlone = true
            }
            return partial.append(bytes)
        }
        if long == nil {
            let row = LongRow(text)
            partial.withUnsafeBytes(row.add)
            forgetPartial()
            long = row
        }
        long?.add(bytes)
    }

    private func forgetPartial() {
        partial.removeAll()
        if isAlone { longRows?.end() }
        isAlone = false
    }

    private func endOpenRow() {
        if let row = long {
            long = nil
            guard row.fields == target.columns.count else { return note(fieldsFound: row.fields) }
            guard row.isText else { return noteStrangeByte() }
            longestRow = max(longestRow, row.bytes)
            isExact = isExact && times.isEmpty
            digest.add(row: row.hash.value)
            keyed = nil
            inspector?.passOver()
        } else {
            withUnsafeBytes(of: ASCII.newline) { partial.append($0) }
            partial.withUnsafeBytes { bytes in
                let (start, end) = bytes.bounds
                guard let newline = fields.take(start, end) else { return }
                add(UnsafeRawBufferPointer(start: start, count: newline - start))
            }
            forgetPartial()
        }
    }

    /// False if times of a long row may not have been brought to UTC.
    private(set) var isExact = true
}

extension TableContents {
    /// Takes what was read of its rows.
    mutating func take(_ copied: CopyData) {
        columns = copied.target.columns
        rows = copied.digest.rows
        digest = copied.isExact ? copied.digest : nil
        keyed = copied.isExact ? copied.keyed : nil
        longestRow = copied.longestRow
        timeColumns = copied.timeColumns
    }
}
