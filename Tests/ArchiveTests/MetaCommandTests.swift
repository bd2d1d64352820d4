import Archive
import ScannedScripts
import Testing

/// Commands of psql's that pg_dump writes, and others that look like them: these are named, and none runs.
@Suite(.keepsItsThread) struct MetaCommandTests {
    @Test(arguments: [
        "\\restrict 3yGmvV5Jz", "\\unrestrict 3yGmvV5Jz", "\\restrict abc\r", "\\encoding SQL_ASCII",
        "\\connect shop", "\\connect -reuse-previous=on \"dbname='my-app'\"",
        "\\connect -reuse-previous=on \"dbname='a\\\\b \"\"c\"\" \\'d\\''\"",
    ])
    func areOfPgDump(_ command: String) {
        #expect(Scanned("CREATE DATABASE shop;\n\(command)\nSELECT 1;\n").metaCommands == [])
    }

    @Test(arguments: [
        "\\unrestrict `touch /tmp/x`", "\\restrict `touch /tmp/x`", "\\unrestrict x \\! touch /tmp/x", "\\unrestrict",
        "\\unrestrict a b", "\\restrict \"a b\"", "\\encoding `x`", "\\encoding", "\\encoding UTF8 \\! x",
        "\\connect shop \\! x", "\\connect `x`", "\\connect \"shop", "\\restrictx abc", "\\! x", "\\connectx shop",
        "\\connect shop\\! x",
    ])
    func areOthers(_ command: String) {
        #expect(Scanned("CREATE DATABASE shop;\n\(command)\nSELECT 1;\n").metaCommands == [command])
    }

    /// A connect is of pg_dump only if the script creates a database.
    @Test func connectsOnlyToItsOwnDatabase() {
        #expect(Scanned("\\connect shop\n").metaCommands == ["\\connect shop"])
    }

    /// What is behind an encoding is read in it.
    @Test func encodingsAreFollowed() {
        let script = Array("\\encoding LATIN1\nALTER TABLE t OWNER TO ".utf8) + [0xC4, 0x3B]
        #expect(Scanned(script).events == [.role("Ä")])
    }
}
