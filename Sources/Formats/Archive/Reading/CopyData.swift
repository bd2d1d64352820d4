import Bytes
import Rows

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
    let inspector: InspectorBeside?
    private let fields: FieldCount
    private let times: TimeFields
    private var roles: RoleFields?
    private var text: TextCheck
    private let encoding: TextEncoding
    private let mayEndInReturns: Bool
    private var problem: String?
    /// The beginning of a row whose end has not come yet.
    private var partial = ByteBuffer()
    private var long: LongRow?
    /// How many bytes came after the line `\.`; nil before it.
    private var trailing: Int?
    private var isEmpty = true

    /// - Parameters:
    ///   - target: names the columns, of which each row has a field.
    ///   - timeColumns: those that hold a time with a time zone.
    ///   - keyed: takes the rows by ranges of their key; nil where nobody asks.
    ///   - roles: collects the roles that the rows name; nil where they name none.
    ///   - mayEndInReturns: whether a carriage return before a line end belongs to it. In a value it is always escaped.
    init(
        _ target: CopyTarget, timeColumns: Set<String>, encoding: TextEncoding, inspector: InspectorBeside? = nil,
        keyed: KeyedRows? = nil, roles: RoleFields? = nil, mayEndInReturns: Bool = false
    ) {
        let columns = target.columns
        self.target = target
        self.timeColumns = timeColumns
        fields = FieldCount(columns.count)
        times = TimeFields(columns.indices.filter { timeColumns.contains(columns[$0]) }, of: columns.count)
        text = TextCheck(encoding)
        self.encoding = encoding
        self.inspector = inspector
        self.keyed = keyed
        self.roles = roles
        self.mayEndInReturns = mayEndInReturns
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        guard problem == nil, var start = bytes.baseAddress else { return }
        isEmpty = isEmpty && bytes.isEmpty
        let end = start + bytes.count
        let valid = text.take(bytes)
        if trailing == nil, hasOpenRow {
            guard let newline = memchr(start, Int32(ASCII.newline), end - start).map({ UnsafeRawPointer($0) }) else {
                return keep(start, end)
            }
            keep(start, newline)
            endOpenRow()
            start = newline + 1
        }
        while trailing == nil, problem == nil, start < end {
            guard let newline = memchr(start, Int32(ASCII.newline), end - start).map({ UnsafeRawPointer($0) }) else {
                keep(start, end)
                break
            }
            add(UnsafeRawBufferPointer(start: start, count: newline - start))
            start = newline + 1
        }
        if trailing != nil, problem == nil { trail(UnsafeRawBufferPointer(start: start, count: end - start)) }
        if valid != nil, problem == nil {
            problem = "a byte near row \(digest.rows) is not text in \(encoding.name), the encoding of the dump"
        }
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

    private func add(_ row: UnsafeRawBufferPointer) {
        if mayEndInReturns, row.last == ASCII.carriageReturn {
            return add(exactly: UnsafeRawBufferPointer(rebasing: row.dropLast()))
        }
        add(exactly: row)
    }

    private func add(exactly row: UnsafeRawBufferPointer) {
        if row.count == 2, row[0] == ASCII.backslash, row[1] == UInt8(ascii: ".") {
            trailing = 0
            return
        }
        longestRow = max(longestRow, row.count)
        let count = fields.count(in: row)
        guard count == fields.expected else { return note(fieldsFound: count) }
        roles?.take(row: row)
        times.withUTC(row) { row in
            let hash = RowHash.Value(of: row)
            digest.add(row: hash)
            keyed?.add(row: row, hash)
        }
        inspector?.take(row)
    }

    private func note(fieldsFound count: Int) {
        problem =
            "row \(digest.rows + 1) has \(count) fields, and its COPY statement names \(fields.expected) columns"
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
        if long == nil, partial.count + bytes.count <= longest { return partial.append(bytes) }
        if long == nil {
            let row = LongRow(fields)
            partial.withUnsafeBytes(row.add)
            partial.removeAll()
            long = row
        }
        long?.add(bytes)
    }

    private func endOpenRow() {
        if let row = long {
            long = nil
            guard row.fields == fields.expected else { return note(fieldsFound: row.fields) }
            longestRow = max(longestRow, row.bytes)
            isExact = isExact && times.isEmpty
            digest.add(row: row.hash.value)
            keyed = nil
            inspector?.passOver()
        } else {
            let row = partial
            row.withUnsafeBytes { add($0) }
            partial.removeAll()
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

/// A row that is too long to be held.
private final class LongRow {
    let hash = RowHash()
    private(set) var fields: Int
    private(set) var bytes = 0
    private let count: FieldCount

    init(_ count: FieldCount) {
        self.count = count
        fields = 0
    }

    func add(_ bytes: UnsafeRawBufferPointer) {
        // Each piece that is not the first continues the last field of the one before.
        fields += count.count(in: bytes, isContinued: fields > 0)
        hash.add(bytes)
        self.bytes += bytes.count
    }
}

/// Counts the fields of rows.
struct FieldCount {
    let expected: Int

    init(_ expected: Int) { self.expected = expected }

    /// How many fields a row has. Within a value, a tab is always escaped.
    @inline(__always)
    func count(in row: UnsafeRawBufferPointer, isContinued: Bool = false) -> Int {
        guard let start = row.baseAddress, !row.isEmpty else { return expected == 0 || isContinued ? 0 : 1 }
        var tabs = 0
        var index = 0
        let whole = row.count & ~(ByteBlock.count - 1)
        while index < whole {
            tabs += (ByteBlock(start + index) == ASCII.tab).mask.nonzeroBitCount
            index += ByteBlock.count
        }
        while index < row.count {
            tabs += start.load(fromByteOffset: index, as: UInt8.self) == ASCII.tab ? 1 : 0
            index += 1
        }
        return isContinued ? tabs : tabs + 1
    }
}
