import Testing

@testable import Processes

/// What the log tells of a command.
@Suite struct CommandWordsTests {
    static let commands: [(arguments: [String], words: String, reason: String)] = [
        (["--jobs=2", "/backup/orchard.dump"], "--jobs=2 /backup/orchard.dump", "nothing to hide"),
        (["-c", "echo $HOME; it's"], "-c 'echo $HOME; it'\\''s'", "as a shell would take it"),
        ([""], "''", "an empty argument"),
        (["--password", "hunter2", "next"], "--password … next", "the value is the next argument"),
        (["--master-user-password=hunter2"], "--master-user-password=…", "the value is behind an equals sign"),
        (
            ["--repo1-cipher-pass=hunter2", "--repo1-s3-key-secret=hunter2"],
            "--repo1-cipher-pass=… --repo1-s3-key-secret=…", ""
        ),
        (["--no-password", "hunter2"], "--no-password hunter2", "an option that has no value"),
        (["postgresql://maria:hunter2@db/farm"], "postgresql://…@db/farm", "a password in an address"),
        (
            ["--dbname=host='db' password='hunter2 \\' more' user='x'"],
            "'--dbname=host='\\''db'\\'' password=… user='\\''x'\\'''", ""
        ),
        (["-c", "PGPASSWORD=hunter2 pg_dump farm"], "-c 'PGPASSWORD=… pg_dump farm'", "in a script"),
        (["-H", "Authorization: Bearer hunter2"], "-H 'Authorization: …'", "a header"),
        (["https://x/y?X-Amz-Signature=hunter2&z=1"], "'https://x/y?X-Amz-Signature=…&z=1'", "a signed address"),
        (["-o", "a=password=hunter2"], "-o a=password=…", "a setting within another"),
        (["AKIAHUNTER2", "-kAKIAHUNTER2"], "… -k…", "what a variable named like a secret holds"),
    ]

    @Test(arguments: commands.indices)
    func hasNoSecret(_ index: Int) {
        let (arguments, words, reason) = Self.commands[index]
        let command = Command("/bin/tool", arguments, environment: ["MY_API_KEY": "AKIAHUNTER2"])
        #expect(command.words == "/bin/tool " + words, "\(reason)")
    }
}
