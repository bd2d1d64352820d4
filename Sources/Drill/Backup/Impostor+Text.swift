import Archive

extension Impostor {
    /// - Returns: nil unless there is a dump, and text of others in front of it.
    init?(inFrontOfDump start: FileStart) {
        guard start.hasTextInFrontOfDump else { return nil }
        self.init(
            what:
                "a dump with other text in front of it, such as pg_dump's warnings, so that PostgreSQL cannot read it",
            advice:
                "dump again, with the messages in a file of their own (2>dump.log, not 2>&1; docker exec without -t)")
    }

    /// - Returns: nil for what is no text.
    init?(text start: FileStart) {
        guard start.isText else { return nil }
        let lines = start.lines(200)
        if lines.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
            self.init(what: "text without a word in it", advice: Self.nameTheBackup, mayBeProgramOutput: true)
        } else if Self.isPlan(lines) {
            self.init(
                what: "a plan, by what is in it, and no backup",
                advice: "drill it with pgassay drill, under a name that ends in .yaml or .yml")
        } else if lines.first?.hasPrefix("{") == true, lines.contains(where: { $0.contains(#""payloadType""#) }) {
            self.init(
                what: "a signed report or manifest",
                advice: "read it with pgassay report show, and name the backup itself")
        } else if lines.allSatisfy(Self.isChecksum) {
            self.init(what: "a list of checksums", advice: Self.nameTheBackup)
        } else if start.beginsAsSQL {
            self.init(
                what: "a script that does not say that pg_dump wrote it",
                advice: "name a dump of pg_dump, with the comments at its beginning")
        } else {
            self.init(what: "text that is no SQL", advice: Self.nameTheBackup, mayBeProgramOutput: true)
        }
    }

    /// A plan has a name, and says where its backup is (`config/plan.schema.json`). One such line alone may be of any file,
    /// as `backup:x:34:…` is in /etc/passwd.
    private static func isPlan(_ lines: [String]) -> Bool {
        func has(_ key: Regex<Substring>) -> Bool { lines.contains { $0.contains(key) } }
        return has(/^name:(?=\s|$)/) && has(/^backup:(?=\s|$)/)
            && has(/^(?:backup:\s+\{|\s+)(?:.*[\s,{])?(?:path|command|pgbackrest|barman|snapshot):(?=\s|$)/)
    }

    private static let nameTheBackup = "name the backup itself, or join the parts of a split dump first (cat)"

    /// As `sha256sum` and `md5sum` print them.
    private static func isChecksum(_ line: String) -> Bool {
        guard let space = line.firstIndex(of: " ") else { return false }
        return [32, 40, 64, 96, 128].contains(line[..<space].count) && line[..<space].allSatisfy(\.isHexDigit)
    }
}
