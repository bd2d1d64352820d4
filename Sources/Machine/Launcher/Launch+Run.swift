import CLinux
import Foundation
import Glibc
import SystemPackage

extension Launch {
    /// Runs the program and ends as it ends. Never returns.
    /// - Throws: ``LaunchError`` where the program was not started.
    func run() throws -> Never {
        _ = pgassay_name_process("pgassay-walls")
        // No core dump: it would hold rows of the backup.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        // RLIMIT_CORE.
        try need(setrlimit(__rlimit_resource_t(4), &none) == 0, nil, "setrlimit")
        try enterNamespaceOfMounts()
        if walls.contains(.user) { try enterUserNamespace() }
        let owners = walls.contains(.mount) ? try OwnerMappings(for: sights, account: account) : nil
        guard walls.contains(.process) || detachedLog != nil else {
            if endsWhatItLeaves { try runBesideOthers(owners) }
            try buildWalls(owners)
            try start()
        }
        if walls.contains(.process) { try need(pgassay_unshare(pgassay_new_processes) == 0, .process, "unshare") }
        let signals = Signals()
        signals.block()
        let report = try Pipe()
        let first = pgassay_fork()
        try need(first >= 0, .process, "fork")
        if first == 0 {
            report.closeReading()
            do {
                try firstProcess(owners, signals, report)
            } catch {
                Launcher.complain(error)
                _exit(Launcher.failure)
            }
        }
        report.closeWriting()
        // The one who started us goes on when its pipes are closed; a program that outlives us has others.
        if detachedLog != nil { exit(report.readEnd() == 0 ? 0 : Launcher.failure) }
        signals.wait(passingTo: first, startedBy: starter)
        var end: Int32 = 0
        while waitpid(first, &end, 0) < 0, errno == EINTR {}
        finish(as: report.readEnd() ?? end)
    }

    /// Where there is no process namespace, the launcher adopts what the program leaves, and ends it.
    private func runBesideOthers(_ owners: OwnerMappings?) throws -> Never {
        try need(pgassay_adopt_orphans() == 0, nil, "prctl")
        let signals = Signals()
        signals.block()
        let program = pgassay_fork()
        try need(program >= 0, nil, "fork")
        if program == 0 {
            do {
                try buildWalls(owners)
                try need(pgassay_end_with_parent(SIGKILL) == 0, nil, "prctl")
                signals.unblock()
                try start()
            } catch {
                Launcher.complain(error)
                _exit(Launcher.failure)
            }
        }
        let end = signals.reap(until: program, startedBy: starter)
        Orphans.end()
        finish(as: end)
    }

    /// The first process of the namespace: builds the walls, runs the program, and ends with it, and the kernel ends what the
    /// program left.
    private func firstProcess(_ owners: OwnerMappings?, _ signals: Signals, _ report: Pipe) throws -> Never {
        if let detachedLog {
            try need(setsid() > 0, nil, "setsid")
            try Self.redirect(to: detachedLog)
        }
        let endsByItself = walls.contains(.process)
        // Without a process namespace, this process must end what the program leaves. It stays outside of the walls, because behind
        // Landlock it could not see these processes.
        if endsByItself { try buildWalls(owners) } else { try need(pgassay_adopt_orphans() == 0, nil, "prctl") }
        // It was cleared when the account changed. Whoever ends the launcher ends all of this.
        if detachedLog == nil { try need(pgassay_end_with_parent(SIGKILL) == 0, .process, "prctl") }
        let program = pgassay_fork()
        try need(program >= 0, .process, "fork")
        if program == 0 {
            signals.unblock()
            do {
                if !endsByItself { try buildWalls(owners) }
                if detachedLog != nil { report.write(0) }
                try start()
            } catch {
                Launcher.complain(error)
                _exit(Launcher.failure)
            }
        }
        let end = signals.reap(until: program)
        if !endsByItself { Orphans.end() }
        report.write(end)
        _exit(0)
    }

    private func enterNamespaceOfMounts() throws {
        guard let mounts else { return }
        let namespace = open(mounts, O_RDONLY | O_CLOEXEC)
        try need(namespace >= 0, .mount, "open \(mounts)")
        defer { close(namespace) }
        try need(pgassay_setns(namespace, 0) == 0, .mount, "setns")
    }

    /// A user namespace with one account: that of this process, under its own number.
    private func enterUserNamespace() throws {
        let (user, group) = (geteuid(), getegid())
        try need(pgassay_unshare(pgassay_new_user) == 0, .user, "unshare")
        for (file, words) in [
            ("setgroups", "deny"), ("uid_map", "\(user) \(user) 1"), ("gid_map", "\(group) \(group) 1"),
        ] {
            try writeFile("/proc/self/\(file)", words, .user)
        }
    }

    /// Everything between the launcher and the program: the walls, and the rights given up.
    func buildWalls(_ owners: OwnerMappings?) throws {
        for (wall, flag) in [
            (Walls.mount, pgassay_new_mounts), (.network, pgassay_new_network), (.ipc, pgassay_new_ipc),
            (.host, pgassay_new_host),
        ] where walls.contains(wall) {
            try need(pgassay_unshare(flag) == 0, wall, "unshare")
        }
        if walls.contains(.host) { try need(sethostname("scratch", 7) == 0, .host, "sethostname") }
        if walls.contains(.mount) { try Room(sights, account, owners, isAlone: walls.contains(.process)).build() }
        try need(chdir(directory) == 0, nil, "the working directory \(directory)")
        let landlock = walls.contains(.landlock) ? try Landlock() : nil
        if let port { try landlock?.allow(port: port) }
        try landlock?.allow(sights, hasRoom: walls.contains(.mount))
        try dropRights()
        try landlock?.enter()
        if walls.contains(.calls) {
            let usesInternet = walls.contains(.network) || port != nil
            try need(pgassay_filter_calls(usesInternet ? 1 : 0) == 0, .calls, "prctl")
        }
    }

    /// Gives up every right that the program's account does not have by itself.
    private func dropRights() throws {
        for capability in Int32(0)..<64 where pgassay_drop_from_bounds(capability) != 0 {
            // EINVAL: there is no such capability. EPERM: this process may not drop it here; capset below drops all that it has.
            guard errno == EINVAL || errno == EPERM else { throw LaunchError(nil, "prctl: \(Errno(rawValue: errno))") }
        }
        if let account {
            try need(pgassay_drop_groups() == 0, nil, "setgroups")
            try need(pgassay_set_group(account.group) == 0, nil, "the group \(account.group)")
            try need(pgassay_set_user(account.user) == 0, nil, "the account \(account.user)")
        }
        _ = pgassay_clear_ambient()
        try need(pgassay_drop_capabilities() == 0, nil, "capset")
        try need(pgassay_forbid_new_rights() == 0, nil, "prctl")
    }

    /// Becomes the program.
    private func start() throws -> Never {
        _ = pgassay_close_from(3)
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        execv(program, words)
        throw LaunchError(nil, "\(program): \(Errno(rawValue: errno))")
    }

    private static func redirect(to log: String) throws {
        let input = open("/dev/null", O_RDONLY)
        try need(input >= 0, nil, "open /dev/null")
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
        try need(output >= 0, nil, "open \(log)")
        for (from, to) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (output, STDERR_FILENO)] {
            try need(dup2(from, to) >= 0, nil, "dup2")
        }
    }

    /// Ends this process in the way that another ended.
    private func finish(as status: Int32) -> Never {
        let signal = status & 0x7f
        guard signal != 0 else { exit(status >> 8 & 0xff) }
        Glibc.signal(signal, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        kill(getpid(), signal)
        sigprocmask(SIG_UNBLOCK, &set, nil)
        // A signal that ends nothing by default.
        exit(128 + signal)
    }
}

func writeFile(_ path: String, _ words: String, _ wall: Walls?) throws(LaunchError) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    try need(file >= 0, wall, "open \(path)")
    defer { close(file) }
    try need(words.withCString { write(file, $0, strlen($0)) } == words.utf8.count, wall, "write \(path)")
}
