import Compression

/// Describes what a bad backup looks like, so that the person who reads of it sees what became of it.
enum Appearance {
    /// - Returns: text that completes "it looks like …".
    static func describe(_ start: FileStart) -> String {
        start.layers.isEmpty ? contents(of: start) : "\(contents(of: start)), compressed by \(start.layers.words)"
    }

    private static func contents(of start: FileStart) -> String {
        if start.bytes.isEmpty { return "nothing" }
        if start.bytes.allSatisfy({ $0 == 0 }) { return "nothing but zero bytes" }
        if start.isCutPlainHeader { return "the first comment of a script, cut off" }
        if start.isPlainDumpWithoutBeginning { return "a script whose beginning is missing" }
        if start.isErrorPage { return "a page with an error that was saved in place of the dump" }
        if start.isProgramMessage { return "the messages of a program that was to make the dump" }
        if start.isCutStart { return "the first bytes of a dump or of a compressed file, cut off" }
        if start.beginsWithZeros { return "zero bytes where its beginning should be" }
        if start.isNearlyCompressed { return "a compressed file whose first bytes are damaged" }
        if start.hasTracesOfArchive { return "an archive whose beginning is missing or damaged" }
        return start.isText ? "text without the comment that pg_dump starts a script with" : "data of an unknown kind"
    }
}
