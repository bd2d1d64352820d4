import Values

@testable import Archive

/// A dump of a few tables, as an archive and as a script.
struct SmallDump {
    struct Table {
        var name: String
        /// What stands between the parentheses of its CREATE TABLE, and behind them.
        var definition: String
        var options = ""
        var kind = "TABLE"
        /// The columns of its rows; nil where the dump has no data of it.
        var columns: [String]?
        var rows: [String] = []

        fileprivate var statement: String { "CREATE \(kind) public.\(name) (\n\(definition)\n)\(options);\n" }
        fileprivate var copy: String? {
            columns.map { "COPY public.\(name) (\($0.joined(separator: ", "))) FROM stdin;\n" }
        }
    }

    var encoding = "UTF8"
    /// Types and the like, each with its kind: `TYPE`, `DOMAIN`.
    var types: [(kind: String, statement: String)] = []
    var tables: [Table]
    /// Constraints and indexes, each with its kind: `CONSTRAINT`, `FK CONSTRAINT`, `INDEX`.
    var others: [(kind: String, statement: String)] = []

    subscript(table: String) -> Table {
        get { tables.first { $0.name == table }! }
        set { tables[tables.firstIndex { $0.name == table }!] = newValue }
    }

    /// A custom archive, without compression.
    var archive: [UInt8] {
        var first = ArchiveBuilder.encoding
        first.definition = "SET client_encoding = '\(encoding)';\n"
        var entries = [first]
        for (index, type) in types.enumerated() {
            entries.append(.init(id: 10 + index, kind: type.kind, tag: "type \(index)", definition: type.statement))
        }
        for (index, table) in tables.enumerated() {
            entries.append(.init(id: 100 + index, kind: "TABLE", tag: table.name, definition: table.statement))
        }
        for (index, table) in tables.enumerated() where table.columns != nil {
            entries.append(
                .init(
                    id: 300 + index, kind: "TABLE DATA", tag: table.name, copy: table.copy, dependencies: [100 + index],
                    data: .rows([table.rows.map { $0 + "\n" }.joined() + "\\.\n\n\n"])))
        }
        for (index, other) in others.enumerated() {
            entries.append(.init(id: 500 + index, kind: other.kind, tag: "other \(index)", definition: other.statement))
        }
        return ArchiveBuilder(entries: entries).bytes
    }

    var script: [UInt8] {
        func announced(_ name: String, _ kind: String, _ text: String) -> String {
            let isData = kind == "TABLE DATA" ? "Data for " : ""
            return "--\n-- \(isData)Name: \(name); Type: \(kind); Schema: public; Owner: postgres\n--\n\n\(text)\n\n"
        }
        var text =
            "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = '\(encoding)';\nSET row_security = off;\n\n"
        for type in types { text += announced("type", type.kind, type.statement) }
        for table in tables { text += announced(table.name, "TABLE", table.statement) }
        for table in tables {
            guard let copy = table.copy else { continue }
            text += announced(table.name, "TABLE DATA", copy + table.rows.map { $0 + "\n" }.joined() + "\\.\n")
        }
        for other in others { text += announced("other", other.kind, other.statement) }
        return Array((text + "--\n-- PostgreSQL database dump complete\n--\n\n").utf8)
    }

    /// What is found in the archive, and what in the script.
    func inspected(memory: Int = 64 << 20) throws -> [DumpReading] {
        try [archive, script].map { bytes in
            try withTemporaryDirectory { directory in
                try write(bytes, to: "\(directory)/dump")
                return try Dump.open("\(directory)/dump").read(keys: KeyStore(directory: directory, memory: memory))
            }
        }
    }
}
