import Bytes

/// What a backup job leaves where a dump should be when it fails. It is a bad backup, and no mistake of who named it.
extension FileStart {
    package var isLeftOver: Bool {
        isCutPlainHeader || isPlainDumpWithoutBeginning || isErrorPage || isProgramMessage || isDamagedDump
    }

    /// A page of the web, or an answer in XML or JSON, such as those that a proxy or a bucket gives in place of a file.
    package var isErrorPage: Bool {
        let start = withoutMark.drop { ASCII.isSpace($0) }.prefix(9).map(ASCII.lowercased)
        return ["<!doctype", "<html", "<?xml", "<error>"].contains { start.starts(with: $0.utf8) } || isErrorInJSON
    }

    /// The services of clouds name what went wrong `error`, `errors`, `errorCode` or `message`.
    private var isErrorInJSON: Bool {
        guard isText, withoutMark.first(where: { !ASCII.isSpace($0) }) == UInt8(ascii: "{") else { return false }
        let text = String(decoding: bytes.prefix(4096), as: UTF8.self).lowercased()
        return text.contains(#""error"#) || text.contains(#""message""#)
    }

    /// The words of a program that was to make the dump, and no dump.
    package var isProgramMessage: Bool {
        guard isText, !isPlainDump, let first = lines(1).first else { return false }
        return Self.programs.contains { first.contains($0) }
    }

    private static let programs = [
        "pg_dump: ", "pg_dumpall: ", "pg_basebackup: ", "psql: ", "docker: ", "kubectl: ", "command not found",
        "Error response from daemon", "error: unable to upgrade connection", "the input device is not a TTY",
        "Unable to use a TTY", "OCI runtime exec failed", "Error from server (", ": No such file or directory",
        ": Permission denied", ": No space left on device", ": Connection refused", "The connection to the server ",
        "An error occurred (",
    ]
}
