import Bytes

/// A command of psql's in a script, from its backslash to the end of its line.
///
/// `pg_dump` writes four of them: `\restrict` and `\unrestrict` with a key of letters and digits; `\connect` to the
/// database that it creates (in a script of `pg_dumpall`, to each), and before it `\encoding` where the name of that database is an odd one
/// (`appendPsqlMetaConnect` in `string_utils.c`): `\connect -reuse-previous=on "dbname='my-app'"`. It writes one on a
/// line.
struct MetaCommand {
    /// Whether `pg_dump` writes such a command.
    let isOfPgDump: Bool
    /// The encoding to which it switches what follows.
    let encoding: String?
    /// The database that it connects to; nil for another command, and for a name that `pg_dump` would write otherwise.
    let database: String?

    /// - Parameters:
    ///   - line: the command, perhaps with a carriage return at its end.
    ///   - isWhole: false if the line is longer than what is known of it.
    ///   - connects: whether the script creates a database, so that it may connect to it.
    ///   - text: the encoding of the line.
    init(_ line: [UInt8], isWhole: Bool, connects: Bool, _ text: TextEncoding = .utf8) {
        let name = line.prefix { !ASCII.isSpace($0) }
        let rest = line.dropFirst(name.count)
        let words = rest.split(whereSeparator: ASCII.isSpace)
        let word = words.count == 1 ? words[0] : []
        let isKey = !word.isEmpty && word.allSatisfy(Self.isOfKey)
        var encoding: String?
        var database: String?
        switch String(decoding: name.dropFirst(), as: UTF8.self) {
        case _ where !isWhole: isOfPgDump = false
        case "restrict", "unrestrict": isOfPgDump = isKey
        case "encoding":
            isOfPgDump = !word.isEmpty && word.allSatisfy { Self.isOfKey($0) || "_-".utf8.contains($0) }
            if isOfPgDump { encoding = String(decoding: word, as: UTF8.self) }
        case "connect":
            isOfPgDump = connects && Self.isOneCommand(rest)
            if isOfPgDump { database = Self.database(in: text.decode(rest)) }
        default: isOfPgDump = false
        }
        self.encoding = encoding
        self.database = database
    }

    /// `shop`, `"my shop"` or `-reuse-previous=on "dbname='my-shop'"`, in which a backslash stands in front of quotes and backslashes
    /// of the name (`appendConnStrVal`), and a double quote is written twice (`fmtId`).
    private static func database(in text: String) -> String? {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        let again = "-reuse-previous=on "
        let isConnection = text.hasPrefix(again)
        if isConnection { text = text.dropFirst(again.count).drop(while: \.isWhitespace) }
        if text.first == "\"" {
            guard text.count > 1, text.last == "\"" else { return nil }
            let quoted = text.dropFirst().dropLast()
            guard !quoted.replacing("\"\"", with: "").contains("\"") else { return nil }
            text = Substring(quoted.replacing("\"\"", with: "\""))
        } else if text.contains(where: { $0.isWhitespace || $0 == "'" }) {
            return nil
        }
        guard isConnection else { return text.isEmpty ? nil : String(text) }
        guard text.hasPrefix("dbname=") else { return nil }
        text = text.dropFirst("dbname=".count)
        if text.first == "'" {
            guard text.count > 1, text.last == "'" else { return nil }
            text = text.dropFirst().dropLast()
        }
        var name = ""
        var isEscaped = false
        for character in text {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            isEscaped = false
            name.append(character)
        }
        return name.isEmpty ? nil : name
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    /// Whether no other command follows, and nothing is run for a name: outside of double quotes there is neither a
    /// backslash nor a backquote.
    private static func isOneCommand(_ rest: ArraySlice<UInt8>) -> Bool {
        var isQuoted = false
        for byte in rest {
            if byte == ASCII.quote { isQuoted.toggle() }
            if !isQuoted, byte == ASCII.backslash || byte == UInt8(ascii: "`") { return false }
        }
        return !isQuoted
    }
}
