/// The comment that `pg_dump` puts above each object of a plain dump:
/// `-- Name: farmers; Type: TABLE; Schema: public; Owner: alice`, or with `-- Data for Name: …` above its data.
///
/// Nothing in it is quoted, and `pg_dump` only replaces line ends in names by spaces. So it is good for showing what is
/// going on, and no source of truth.
struct ObjectComment: Equatable {
    let kind: String
    let schema: String?
    let name: String
    let owner: String?

    /// - Parameter line: the line, from its two dashes to its end, without the line end.
    init?(line: [UInt8], _ encoding: TextEncoding) {
        let starts = ["-- Name: ", "-- Data for Name: "]
        guard let start = starts.first(where: { line.starts(with: $0.utf8) }) else { return nil }
        var rest = encoding.decode(line.dropFirst(start.utf8.count))
        // From the right, since names are what may contain anything. The tablespace is mostly not there.
        var withoutTablespace = rest
        if let tablespace = Self.cut(&withoutTablespace, at: "; Tablespace: "), !tablespace.contains("; Owner: ") {
            rest = withoutTablespace
        }
        guard let owner = Self.cut(&rest, at: "; Owner: "), let schema = Self.cut(&rest, at: "; Schema: "),
            let kind = Self.cut(&rest, at: "; Type: ")
        else { return nil }
        name = rest
        self.kind = kind
        self.schema = schema == "-" ? nil : schema
        self.owner = owner == "-" || owner.isEmpty ? nil : owner
    }

    /// Cuts `text` before the last `marker`, and returns what was behind it.
    private static func cut(_ text: inout String, at marker: String) -> String? {
        let bytes = Array(text.utf8)
        let marker = Array(marker.utf8)
        var index = bytes.count - marker.count
        while index >= 0 {
            if bytes[index..<index + marker.count].elementsEqual(marker) {
                text = String(decoding: bytes[..<index], as: UTF8.self)
                return String(decoding: bytes[(index + marker.count)...], as: UTF8.self)
            }
            index -= 1
        }
        return nil
    }
}
