import Glibc
import Processes
import SystemPackage

extension ScratchDirectory {
    /// The processes of the server of this directory, of the programs that make it, and of the programs that it
    /// started: they work in the directory, and they are PostgreSQL's, are in a process namespace that was made for
    /// them, or are marked as ours. A person's shell is not among them.
    var serverProcesses: [ProcessEntry] {
        ProcessEntry.all(workingBelow: path).filter { process in
            ["postgres", "initdb", "pg_ctl"].contains { process.name.hasPrefix($0) }
                || process.isInOwnNamespace || process.hasVariable(Workspace.mark, path.string)
        }
    }

    /// The processes from which the others descend: usually the postmaster alone.
    private var firstProcesses: [ProcessEntry] {
        let processes = serverProcesses
        let ids = Set(processes.map(\.id))
        return processes.filter { !ids.contains($0.parent) }
    }

    /// Stops the server: with a fast shutdown and a checkpoint if it will be started again; if not, or if that does not
    /// end it, with an immediate shutdown (documentation of PostgreSQL, 19.5); then with SIGKILL for every process that
    /// is left.
    /// - Parameter gracefully: whether it will be started again.
    func stopServer(gracefully: Bool) async {
        // A separate task, because this must run to its end even when our task is cancelled.
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
