import Foundation
import SystemPackage

/// What keeps a restored backup from reaching anything outside: an account that owns nothing, no way to gain
/// privileges, and a network and IPC namespace of its own where the kernel allows one.
///
/// A backup can hold code that runs by itself (triggers, event triggers, defaults, `COPY … FROM PROGRAM`), so the
/// server and every client that reads the backup run behind the same fence.
package struct Fence: Sendable {
    package let account: Account
    /// What was reached, in words for the report.
    package let isolation: [String]
    /// `unshare`, if namespaces can be had.
    private let namespaces: [String]

    /// Finds out what this machine allows, by trying it.
    /// - Throws: ``ScratchError/missingProgram(_:package:)`` when util-linux is not installed.
    package static func raise(account: Account) async throws -> Fence {
        let unshare: FilePath = "/usr/bin/unshare"
        for program in [unshare, setpriv] where !FileManager.default.isExecutableFile(atPath: program.string) {
            throw ScratchError.missingProgram(program.lastComponent!.string, package: "util-linux")
        }
        // Root may make namespaces; anyone else needs a user namespace to make them in.
        let own = geteuid() == 0 ? [] : ["--user", "--map-current-user"]
        let prefix = [unshare.string] + own + ["--net", "--ipc", "--"]
        let attempt = Command(unshare, Array(prefix.dropFirst()) + ["/bin/true"])
        let outcome = try await attempt.run(deadline: .seconds(20))
        let network =
            outcome.succeeded
            ? "own network namespace without interfaces; own IPC namespace"
            : "no network namespace (\(outcome.failure)); no TCP listener, Unix socket only"
        return Fence(
            account: account, isolation: ["runs as \(account.name), never root; no new privileges", network],
            namespaces: outcome.succeeded ? prefix : [])
    }

    private static let setpriv: FilePath = "/usr/bin/setpriv"

    /// The same command, behind the fence.
    /// - Parameter readsAnyFile: under root, lets the command read (never write) files that its account may not,
    ///   because backups are often readable by root alone.
    package func around(_ command: Command, readsAnyFile: Bool = false) -> Command {
        var words = namespaces + [Self.setpriv.string, "--no-new-privs"]
        if account.isOther {
            words += ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups"]
            // access(2) drops the capabilities of anyone but root unless told not to (capabilities(7)), and pg_restore
            // asks it which of a directory dump's files are there.
            words +=
                readsAnyFile
                ? [
                    "--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search",
                    "--securebits=+no_setuid_fixup",
                ] : ["--inh-caps=-all"]
        }
        words += ["--", command.program.string] + command.arguments
        var fenced = command
        fenced.program = FilePath(words[0])
        fenced.arguments = Array(words.dropFirst())
        return fenced
    }

    /// Whether the account can use a directory, asked by trying as that account.
    /// - Parameter flag: a flag of test(1): `-x` to enter, `-w` to write, `-r` to read.
    package func account(can flag: String, _ path: FilePath) async throws -> Bool {
        let command = around(Command("/usr/bin/test", [flag, path.string], directory: "/"))
        return try await command.run(deadline: .seconds(20)).succeeded
    }
}
