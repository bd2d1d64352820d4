/// The comment that `pg_dump` puts above each object of a plain dump:
/// `-- Name: farmers; Type: TABLE; Schema: public; Owner: alice`, or with `-- Data for Name: …` above its data.
///
/// Names in it are not quoted; `pg_dump` only replaces line ends in them by spaces. So the comment can be used to show
/// progress, but its names are not reliable.
struct ObjectComment: Equatable {
    let kind: String
    let schema: String?
    let name: String
    let owner: String?
    /// Whether it announces rows and the like, and not a definition.
    let isOfData: Bool

    /// - Parameter line: the line, from its two dashes to its end, without the line end.
    init?(line: [UInt8], _ encoding: TextEncoding) {
        let starts = ["-- Name: ", "-- Data for Name: "]
        guard let start = starts.first(where: { line.starts(with: $0.utf8) }) else { return nil }
        isOfData = start != starts[0]
        var rest = encoding.decode(line.dropFirst(start.utf8.count))
        // Parsed from the right, because names may contain any text. Most comments name no tablespace.
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

    /// Cuts `text` before the last `marker`, and returns the text after the marker.
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
