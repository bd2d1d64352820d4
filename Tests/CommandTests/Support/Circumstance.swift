import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// On what kind of machine, and as whom, pgassay runs.
enum Circumstance: String, CaseIterable, Sendable {
    case root = "as root"
    case ownAccount = "as an account of its own"
    case unit = "in the systemd unit"
    case rootNoNamespaces = "as root, namespaces refused"
    case noNamespaces = "namespaces refused"
    case noLandlock = "Landlock refused"
    case neither = "both refused"
    /// The plan says so. Here the attacks show that they are attacks.
    case noWalls = "both refused, `isolation: none`"

    /// True if pgassay does not run as root.
    var isAccount: Bool { self != .root && self != .rootNoNamespaces }

    /// The program, with its arguments, that runs pgassay so.
    var wrapper: [String] {
        let account = [
            "/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=-all",
        ]
        let tests = FilePath(#filePath).removingLastComponent().removingLastComponent()
        func refusing(_ what: String) -> [String] {
            ["/usr/bin/python3", tests.appending("refusing.py").string, what]
        }
        return switch self {
        case .root: ["/usr/bin/env"]
        case .ownAccount: account
        case .unit:
            // What config/systemd has for it, as far as a process that systemd does not run can have it.
            ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", Self.unitScript, "sh"]
                + account + ["--no-new-privs", "--bounding-set=-all"]
        case .rootNoNamespaces: refusing("namespaces")
        case .noNamespaces: account + refusing("namespaces")
        case .noLandlock: account + refusing("landlock")
        case .neither, .noWalls: account + refusing("namespaces,landlock")
        }
    }

    /// ProtectKernelTunables, ProtectKernelLogs, ProtectControlGroups, PrivateDevices and ProtectHome. They cover parts of /proc, so
    /// that a user namespace may not mount it.
    private static let unitScript = """
        for path in /proc/sys /proc/sysrq-trigger /proc/irq /proc/bus /sys /sys/fs/cgroup; do
            if [ -e "$path" ]; then mount --bind "$path" "$path" && mount -o remount,bind,ro "$path" || exit 99; fi
        done
        mount --bind /dev/null /proc/kmsg || exit 99
        mount -t tmpfs -o mode=0000,ro none /root || exit 99
        exec "$@"
        """

    /// Runs pgassay.
    func run(_ arguments: [String], at desk: Desk, environment: [String: String] = [:]) async throws -> Program.Outcome
    {
        let words = wrapper + [try Self.pgassay().string] + arguments
        // A template is of root's.
        var all = desk.environment(environment)
        if isAccount { all["PGASSAY_CACHE"] = "" }
        return try await Program(FilePath(words[0])).run(
            Array(words.dropFirst()), in: desk.root, environment: all)
    }

    /// Gives a file or directory to the account that runs pgassay.
    func give(_ path: FilePath) throws {
        guard isAccount, geteuid() == 0, let account = getpwnam("nobody") else { return }
        try #require(chown(path.string, account.pointee.pw_uid, account.pointee.pw_gid) == 0)
    }

    /// pgassay where every account can run it.
    private static func pgassay() throws -> FilePath { try Program.ofThisPackage("pgassay").executable }
}
