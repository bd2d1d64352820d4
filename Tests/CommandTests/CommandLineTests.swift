import Foundation
import SystemPackage
import TestSupport
import Testing

/// Command lines, keys and plans that are wrong: exit code 2, a message that says what to do, and no drill.
@Suite struct CommandLineTests {
    static let wrong: [(arguments: [String], words: String, reason: String)] = [
        (["drill"], "Missing expected argument", "no backup"),
        (["drill", "a", "b"], "Unexpected argument", "two backups"),
        (["drill", "a", "--format", "xml"], "xml", "a format that there is not"),
        (["drill", "a", "--no-such-flag"], "--no-such-flag", "an unknown flag"),
        (["drill", "a", "--unsigned", "--signing-key", "k"], "exclude each other", "signed and unsigned"),
        (["frobnicate"], "frobnicate", "an unknown command"),
        (["report", "verify", "a"], "--public-key", "nothing to verify with"),
        (["report", "verify", "a", "--public-key", "/nowhere.pem"], "/nowhere.pem", "a key that is not there"),
        (["drill", "/nowhere.yaml", "--unsigned"], "/nowhere.yaml", "a plan that is not there"),
        (["clean", "--server", "host=x password=secret"], "holds a password", "a password on the command line"),
        (["clean", "--server", "not a connection"], "cannot be read", "a connection string that is none"),
        (["keys", "generate"], "--output", "no directory for the keys"),
    ]

    @Test(arguments: wrong.indices)
    func saysWhatIsWrong(_ index: Int) async throws {
        let (arguments, words, reason) = Self.wrong[index]
        try await withDesk { desk in
            let outcome = try await desk.pgassay(arguments)
            #expect(outcome.exitCode == 2, "\(reason): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("pgassay: "), "\(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(!outcome.errors.contains("secret"))
            #expect(outcome.output == "")
        }
    }

    @Test(arguments: [[], ["--help"], ["drill", "--help"], ["report", "--help"], ["clean", "--help"]])
    func helpIsNoError(_ arguments: [String]) async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(arguments)
            #expect(outcome.exitCode == 0)
            #expect(outcome.output.contains("USAGE: pgassay"))
            #expect(outcome.errors == "")
        }
    }

    @Test func helpTellsTheExitCodes() async throws {
        try await withDesk { desk in
            for arguments in [["--help"], ["drill", "--help"]] {
                let outcome = try await desk.pgassay(arguments)
                for code in ["0 ", "1 ", "2 ", "3 ", "130 "] { #expect(outcome.output.contains("  \(code)")) }
            }
        }
    }

    @Test func versionIsNoError() async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(["--version"])
            #expect(outcome.exitCode == 0)
            #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        }
    }

    // MARK: Keys

    @Test func withoutAKeyNothingBegins() async throws {
        try await withDesk { desk in
            let outcome = try await desk.pgassay(["drill", try await Dumps.named("orchard.custom").string])
            #expect(outcome.exitCode == 2)
            #expect(outcome.errors.contains("pgassay keys generate --output"))
            #expect(outcome.errors.contains("--unsigned"))
            #expect(outcome.output == "")
        }
    }

    @Test(arguments: [
        (0o640, "the group may read it"), (0o604, "everybody may read it"), (0o620, "the group may write"),
    ])
    func aKeyThatOthersCanReadIsRefused(_ mode: Int, _ reason: String) async throws {
        try await withDesk { desk in
            let key = try await desk.makeKeys().private
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key.string)
            let outcome = try await desk.pgassay(
                ["drill", try await Dumps.named("orchard.custom").string, "--signing-key", key.string])
            #expect(outcome.exitCode == 2, "\(reason)")
            #expect(outcome.errors.contains("chmod"), "\(outcome.errors)")
            #expect(outcome.errors.contains(key.string))
        }
    }

    @Test func aKeyThatIsNoneIsRefused() async throws {
        try await withDesk { desk in
            let keys = try await desk.makeKeys()
            for key in [keys.public, try desk.file("letter.pem", "Dear friend"), FilePath("/nowhere.pem")] {
                if key != "/nowhere.pem" {
                    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.string)
                }
                let outcome = try await desk.pgassay(
                    ["drill", try await Dumps.named("orchard.custom").string],
                    environment: ["PGASSAY_SIGNING_KEY": key.string])
                #expect(outcome.exitCode == 2, "\(key)")
                #expect(outcome.errors.contains(key.string))
            }
        }
    }

    @Test func keysAreNeverOverwritten() async throws {
        try await withDesk { desk in
            let keys = try await desk.makeKeys()
            let before = try Data(contentsOf: URL(filePath: keys.private.string))
            let mode = try FileManager.default.attributesOfItem(atPath: keys.private.string)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let again = try await desk.pgassay(["keys", "generate", "--output", desk.root.appending("keys").string])
            #expect(again.exitCode == 2)
            #expect(again.errors.contains(keys.private.string))
            #expect(try Data(contentsOf: URL(filePath: keys.private.string)) == before)
        }
    }

    // MARK: Plans

    static let plans: [(yaml: String, words: [String], reason: String)] = [
        (
            "name: test\nbackup:\n  path: x\n  pik: newest\n",
            [
                ":4: ", "backup.pik",
                "allowed here: path, pgbackrest, barman, command, snapshot, decrypt, environment, pick, timeZone, damagePersists",
            ],
            "an unknown key"
        ),
        ("name: test\nbackups: x\n", [":2: ", "backups", "unknown key"], "an unknown key at the top"),
        (
            "name: test\nbackup: { path: x }\nobjectives:\n  recoveryTime: 30\n",
            [":4: ", "objectives.recoveryTime", "30m"], "a duration without a unit"
        ),
        (
            "name: test\nbackup: { path: x }\nchecks:\n  row-counts:\n    t: { minimum: -1 }\n",
            [":5: ", "checks.row-counts.t.minimum", "whole number"], "an impossible number"
        ),
        (
            "name: test\nbackup: { path: x }\nchecks:\n  jsonb:\n    t.c: { type: objekt }\n",
            [":5: ", "checks.jsonb.t.c.type", "object, array"], "a word that is none of those"
        ),
        ("name: test\nbackup: [x\n", ["not valid YAML"], "no YAML"),
        ("", ["the plan is empty"], "nothing"),
        ("name: test\n", ["the key backup is missing"], "no backup"),
    ]

    @Test(arguments: plans.indices)
    func aWrongPlanIsToldWithLineAndKey(_ index: Int) async throws {
        let (yaml, words, reason) = Self.plans[index]
        try await withDesk { desk in
            let plan = try desk.file("plan.yaml", yaml)
            let outcome = try await desk.pgassay(desk.drilling(plan))
            #expect(outcome.exitCode == 2, "\(reason)")
            #expect(outcome.errors.contains(plan.string))
            for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
            #expect(try desk.names(in: desk.reports) == [])
        }
    }

    /// What belongs to the kernel can be written by nobody, root included.
    @Test func reportsThatCannotBeWrittenAreToldAtOnce() async throws {
        try await withDesk { desk in
            let dump = try await Dumps.named("orchard.custom").string
            let file = try desk.file("a-file", "")
            for reports in ["/proc/pgassay-reports", file.string, file.appending("below").string] {
                let outcome = try await desk.pgassay(["drill", dump, "--unsigned", "--reports", reports])
                #expect(outcome.exitCode == 3, "\(reports): \(outcome.errors)")
                #expect(outcome.errors.contains(reports))
                #expect(!outcome.errors.contains("restore\n"), "before anything is restored")
            }
        }
    }
}

extension Desk {
    /// A new pair of keys.
    func makeKeys(
        in name: String = "keys"
    ) async throws -> (private: FilePath, public: FilePath) {
        let directory = root.appending(name)
        let outcome = try await pgassay(["keys", "generate", "--output", directory.string])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("fingerprint"))
        return (directory.appending("signing-key.pem"), directory.appending("public-key.pem"))
    }
}
