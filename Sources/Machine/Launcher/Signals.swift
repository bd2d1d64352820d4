import Glibc

/// The signals that are passed on to the program.
struct Signals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        for signal in [SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2] { sigaddset(&set, signal) }
    }

    /// From now on they wait for ``wait(passingTo:startedBy:)`` or ``reap(until:startedBy:)``. The kernel drops a signal that the
    /// first process of a namespace neither blocks nor handles.
    func block() {
        // A parent that ignores this one would make us lose the end of our children.
        signal(SIGCHLD, SIG_DFL)
        var set = set
        sigprocmask(SIG_BLOCK, &set, nil)
    }

    func unblock() {
        var set = set
        sigprocmask(SIG_UNBLOCK, &set, nil)
    }

    /// Returns when a child has ended.
    func wait(passingTo child: pid_t, startedBy starter: pid_t?) {
        while true {
            let signal = next(child, starter)
            if signal == SIGCHLD {
                var ended = siginfo_t()
                guard waitid(P_PID, id_t(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0, ended.si_signo == 0 else {
                    return
                }
            } else if signal > 0 {
                kill(child, signal)
            }
        }
    }

    /// Collects every process that ends, and returns how this one ended.
    func reap(until child: pid_t, startedBy starter: pid_t? = nil) -> Int32 {
        while true {
            var status: Int32 = 0
            let ended = waitpid(-1, &status, WNOHANG)
            if ended == child { return status }
            if ended > 0 { continue }
            let signal = next(child, starter)
            if signal > 0, signal != SIGCHLD { kill(child, signal) }
        }
    }

    /// Waits for a signal, a second at most, and returns it. Ends the child if the one who started us has ended: he was killed,
    /// or he would have ended us. (PR_SET_PDEATHSIG tells of a thread's end, and his threads come and go.)
    private func next(_ child: pid_t, _ starter: pid_t?) -> Int32 {
        var set = set
        var information = siginfo_t()
        var limit = timespec(tv_sec: 1, tv_nsec: 0)
        let signal = sigtimedwait(&set, &information, &limit)
        if let starter, getppid() != starter { kill(child, SIGKILL) }
        return signal
    }
}

/// A pipe on which the first process says how the program ended.
struct Pipe {
    private let reading: Int32
    private let writing: Int32

    init() throws(LaunchError) {
        var ends: [Int32] = [0, 0]
        try need(pipe(&ends) == 0, nil, "pipe")
        (reading, writing) = (ends[0], ends[1])
    }

    func closeReading() { close(reading) }
    func closeWriting() { close(writing) }

    func write(_ status: Int32) {
        var status = status
        _ = Glibc.write(writing, &status, 4)
    }

    /// - Returns: nil when the other end closed before it said anything.
    func readEnd() -> Int32? {
        var status: Int32 = 0
        while true {
            let count = Glibc.read(reading, &status, 4)
            if count < 0, errno == EINTR { continue }
            return count == 4 ? status : nil
        }
    }
}
