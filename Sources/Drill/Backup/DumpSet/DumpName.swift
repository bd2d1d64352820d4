import Archive

/// What the name of a file says of a dump: of which database it is, where the dump does not say it itself, and whether something that
/// is none any more was to be one.
///
/// Everywhere else only contents decide. An empty file has none, and a script of `pg_dump` does not say of which database it is.
struct DumpName {
    /// The name without what follows the name of the database: `shop`.
    let stem: String
    /// The ending that says what it is, in lower case, without that of compression: `dump`. Empty if there is none.
    let ending: String
    private let isCompressed: Bool
    private let name: String

    init(_ name: String) {
        self.name = name
        var rest = Substring(name)
        var isCompressed = false
        // Of rotated files: `shop.sql.1`, `shop.sql.2.gz`.
        while let end = Self.ending(of: rest), Self.wrappers.contains(end) || end.allSatisfy(\.isNumber) {
            rest = rest.dropLast(end.count + 1)
            isCompressed = isCompressed || Self.compressions.contains(end)
        }
        let ending = Self.ending(of: rest)
        if let ending, Self.endings.contains(ending) { rest = rest.dropLast(ending.count + 1) }
        self.ending = ending ?? ""
        self.isCompressed = isCompressed
        stem = String(rest)
    }

    /// The name of the database, without a date; nil where nothing else is in it.
    var database: String? {
        let name = stem.replacing(
            /(?i)(^|[._-])(((19|20)\d\d[._-]?\d\d[._-]?\d\d|\d\d[._-]\d\d[._-](19|20)\d\d)([T_. -]?\d\d[:._h-]?\d\d([:._m-]?\d\d)?[ms]?)?(Z|[+-]\d\d:?\d\d)?|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?)(?=$|[._-])/,
            with: "")
        let trimmed = name.drop { ".-_".contains($0) }.reversed().drop { ".-_".contains($0) }.reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    /// Whether a script of roles and tablespaces has such a name.
    var isOfGlobals: Bool {
        (database ?? stem).contains(/(?i)(^|[._-])(globals?|roles?|tablespaces?|pg_dumpall)($|[._-])/)
    }

    /// The name without numbers that may be a time: of seconds, or `yymmdd`.
    var stemWithoutNumbers: String { (database ?? stem).replacing(/\d{6,}/, with: "#") }

    /// Whether a file of text that is no script was to be a dump: `shop.sql`, and not `pg_hba.conf.bak`.
    /// - Parameter others: the endings of dumps that lie beside it.
    func isOfScript(beside others: Set<String>) -> Bool {
        Self.endingsOfDumpsAlone.contains(ending) || !ending.isEmpty && others.contains(ending)
    }

    /// Whether a dump has such a name.
    /// - Parameter others: the endings of dumps that lie beside it.
    func isOfDump(beside others: Set<String>) -> Bool {
        if Self.endings.contains(ending) { return true }
        if ending.isEmpty, isCompressed { return true }
        guard others.contains(ending) else { return false }
        return !ending.isEmpty || !isMark
    }

    /// What a job leaves to say how far it is, such as `_SUCCESS`.
    private var isMark: Bool {
        name.hasPrefix(".") || name.hasPrefix("_")
            || ["success", "complete", "completed", "done", "finished", "ok", "lock", "started", "ready", "lost+found"]
                .contains(name.lowercased())
    }

    private static func ending(of name: Substring) -> String? {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        let end = name[name.index(after: dot)...].lowercased()
        return end.isEmpty || end.count > 8 ? nil : end
    }

    private static let compressions: Set<String> = ["gz", "gzip", "zst", "zstd", "lz4", "bz2", "xz"]
    private static let wrappers = compressions.union(["zip", "7z", "rar", "gpg", "pgp", "age", "enc", "aes", "b64"])
    private static let endingsOfDumpsAlone: Set<String> = [
        "dump", "dmp", "sql", "psql", "pgsql", "pgdump", "pg_dump", "pgc",
    ]
    private static let endings = endingsOfDumpsAlone.union([
        "custom", "backup", "bak", "tar", "tgz", "dir", "plain", "db", "pg",
    ])
}
