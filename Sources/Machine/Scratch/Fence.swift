import Foundation
import Processes
import SystemPackage

/// Keeps a restored backup from reaching anything outside: an account that owns nothing, no way to gain privileges, and
/// a separate network and IPC namespace where the kernel allows one.
///
/// A backup can hold code that runs without being asked for (triggers, event triggers, defaults,
/// `COPY … FROM PROGRAM`), so the server and every client that reads the backup run behind the same fence.
package struct Fence: Sendable {
    package let account: Account
    /// What isolation this machine allows, in words for the report.
    package let isolation: [String]
    /// The command `unshare` with the namespaces of a client; empty where they are not allowed.
    private let namespaces: [String]
    /// The same with the namespaces of a server.
    private let serverNamespaces: [String]

    /// Finds out what this machine allows, by trying it.
    /// - Throws: ``ScratchError/missingProgram(_:package:)`` when util-linux is not installed.
    package static func detect(account: Account) async throws -> Fence {
        let unshare: FilePath = "/usr/bin/unshare"
        for program in [unshare, setpriv] where !FileManager.default.isExecutableFile(atPath: program.string) {
            throw ScratchError.missingProgram(program.lastComponent!.string, package: "util-linux")
        }
        // Root may make namespaces; any other account needs a user namespace to make them in.
        let own = geteuid() == 0 ? [] : ["--user", "--map-current-user"]
        let shared = [unshare.string] + own + ["--net", "--ipc"]
        let outcome = try await Command(unshare, Array(shared.dropFirst()) + ["--", "/bin/true"])
            .run(deadline: .seconds(600))
        let alone = shared + ["--pid", "--fork"]
        let pidOutcome = try await Command(unshare, Array(alone.dropFirst()) + ["--", "/bin/true"])
            .run(deadline: .seconds(600))
        return Fence(
            account: account,
            isolation: [
                "runs as \(account.name), never root; no new privileges" + (account.isShared ? Self.sharedAccount : ""),
                outcome.succeeded
                    ? "own network namespace without interfaces; own IPC namespace"
                    : "no network namespace (\(outcome.failure)); no TCP listener",
                pidOutcome.succeeded
                    ? "own process namespace: what the server starts ends with it"
                    : "no process namespace: a program that the backup starts may outlive the server",
                "not isolated from Unix sockets on this machine that this account may open",
            ],
            namespaces: outcome.succeeded ? shared + ["--"] : [],
            serverNamespaces: pidOutcome.succeeded ? alone + ["--"] : outcome.succeeded ? shared + ["--"] : [])
    }

    private static let sharedAccount =
        "; other services may run as it too: an account of its own is better (adduser --system --group pgassay)"

    private static let setpriv: FilePath = "/usr/bin/setpriv"

    /// The same command, behind the fence.
    /// - Parameters:
    ///   - readsAnyFile: under root, lets the command read (never write) files that its account may not,
    ///     because backups are often readable by root alone.
    ///   - isServer: gives the command a separate process namespace, in which it is the first process, so that
    ///     everything that it starts ends with it. The command is then the child of the process that is started here.
    package func around(_ command: Command, readsAnyFile: Bool = false, isServer: Bool = false) -> Command {
        var words = (isServer ? serverNamespaces : namespaces) + [Self.setpriv.string, "--no-new-privs"]
        if account.isOther {
            words += ["--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups"]
            // access(2) ignores the capabilities of every account but root unless told not to (capabilities(7)), and
            // pg_restore uses it to ask which files of a directory dump exist.
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

    /// Whether the account can use a directory, found out by trying as that account.
    /// - Parameter flag: a flag of test(1): `-x` to enter, `-w` to write, `-r` to read.
    package func account(can flag: String, _ path: FilePath) async throws -> Bool {
        let command = around(Command("/usr/bin/test", [flag, path.string], directory: "/"))
        return try await command.run(deadline: .seconds(600)).succeeded
    }
}
