import Glibc
import Processes
import SystemPackage

extension ScratchDirectory {
    /// What a server of this directory is, what makes it, and what it started: processes that work in the directory and
    /// are PostgreSQL's, live in a process namespace that was made for them, or are marked as ours. A person's shell is none.
    var serverProcesses: [ProcessEntry] {
        ProcessEntry.all(workingBelow: path).filter { process in
            ["postgres", "initdb", "pg_ctl"].contains { process.name.hasPrefix($0) }
                || process.isInOwnNamespace || process.hasVariable(Workspace.mark, path.string)
        }
    }

    /// Those of them that the others descend from: the postmaster, as a rule.
    private var firstProcesses: [ProcessEntry] {
        let processes = serverProcesses
        let ids = Set(processes.map(\.id))
        return processes.filter { !ids.contains($0.parent) }
    }

    /// Stops the server, however it takes: fast with a checkpoint where it is to be started again, else at once
    /// (documentation of PostgreSQL, 19.5), then SIGKILL for all that is left.
    /// - Parameter gracefully: it is to be started again.
    func stopServer(gracefully: Bool) async {
        // A task of its own: it must come to its end also when ours is cancelled.
        await Task {
            if gracefully, await ends(after: SIGINT, within: .seconds(60)) { return }
            if await ends(after: SIGQUIT, within: .seconds(10)) { return }
            for process in serverProcesses { kill(process.id, SIGKILL) }
            _ = await ends(after: SIGKILL, within: .seconds(10))
        }.value
    }

    private func ends(after signal: Int32, within limit: Duration) async -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + limit
        for process in firstProcesses { kill(process.id, signal) }
        while clock.now < end {
            if serverProcesses.isEmpty { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
