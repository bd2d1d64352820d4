import Files
import Foundation
import Glibc
import Launcher
import PlanKeys
import Postgres
import Processes
import Subprocess
import SystemPackage

/// Fills an empty data directory so that a server can be started on it. The server's settings are written afterwards.
/// - Returns: settings that this server needs in addition to those of every scratch server.
package typealias DataLayOut = @Sendable (ScratchServer) async throws -> [String: String]

/// Makes a scratch server, runs `body` with it, stops the server and removes everything, also after an error.
/// - Parameter layOut: fills the data directory; nil makes an empty cluster.
/// - Throws: ``ScratchError`` when it cannot be made or removed; `PostgresError.noClientLibrary`; what `body` throws.
package func withScratchServer<Result: Sendable>(
    _ request: ScratchRequest, of installation: Installation, cleanup: CleanupLog, layOut: DataLayOut? = nil,
    _ body: @Sendable (ScratchServer) async throws -> Result
) async throws -> Result {
    // If it is not there, that is said before anything is made.
    try requireLibPQ()
    let fence = try await Fence.ofDrill(account: request.account, isolation: request.isolation)
    let (directory, lock) = try await ScratchDirectory.create(
        below: request.parent, for: fence, label: request.label)
    var server = ScratchServer(
        installation: installation, fence: fence, directory: directory,
        settings: ServerSettings(
            version: installation.version,
            memory: Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))),
            dataSize: request.dataSize, objects: request.objects,
            processors: ProcessInfo.processInfo.activeProcessorCount, jobs: request.jobs,
            socketDirectory: directory.socket.string,
            // With a root of its own, its /dev/shm ends with it; in the machine's, segments of a killed server would stay.
            sharesMemory: fence.walls.contains(.mount)),
        log: ServerLog(), user: request.superuser, maintenanceDatabase: request.maintenanceDatabase,
        needsAutovacuum: request.keep || (request.dataSize ?? .max) >= ScratchServer.leastToVacuum)
    do {
        try directory.require(request.diskSpace, of: request.parent)
        if let layOut {
            try fence.account.makeDirectory(directory.data)
            // A server that is kept is started again later, by processes that do not see an overlay.
            if !request.keep, let overlay = request.overlay { try await server.overlay(overlay) }
            try await server.fill(by: layOut)
        } else {
            try await server.initialise(cache: request.cache, deadline: request.deadline)
        }
        let result = try await server.run(
            deadline: request.recoveryDeadline ?? request.deadline, keep: request.keep, cleanup: cleanup, body)
        server.overlay?.close()
        if request.keep {
            try await server.startDetached(deadline: request.deadline)
            try lock.markKept()
            cleanup.record("scratch server in \(directory.path)", removed: false, verified: CleanupLog.keptOnRequest)
        } else {
            try directory.remove(recordingIn: cleanup)
        }
        return result
    } catch {
        server.overlay?.close()
        // The server may just be starting again, to be kept.
        if request.keep { await directory.stopServer(gracefully: false) }
        // The first error says what happened; a failed removal is in the cleanup log and must not hide it.
        if FileManager.default.fileExists(atPath: directory.path.string) {
            try? directory.remove(recordingIn: cleanup)
        }
        throw error
    }
}

extension ScratchServer {
    fileprivate func initialise(cache: TemplateCache?, deadline: Duration) async throws {
        // A name that a backup gave leaves no template behind.
        let cache = user == Self.superuser ? cache : nil
        try await EmptyCluster(of: installation, behind: fence, options: EmptyCluster.options(superuser: user)).make(
            at: directory.data, in: directory.path, cache: cache, deadline: deadline)
        // The data directory belongs to another account, so a link in place of the file is not followed.
        let file = try FileDescriptor.open(
            directory.data.appending("postgresql.conf"), .writeOnly, options: [.append, .noFollow, .closeOnExec])
        try file.closeAfter { _ = try file.writeAll(("\n" + settings.configuration).utf8) }
    }

    /// Lays out a data directory, and writes the files that say how a server runs on it. Such files of the backup are
    /// not used.
    fileprivate func fill(by layOut: DataLayOut) async throws {
        let needed = try await layOut(self)
        try write(
            settings.configuration + ServerSettings.configuration(needed), to: "postgresql.conf")
        // The socket's directory is private.
        try write("local all all trust\n", to: "pg_hba.conf")
        try write("", to: "pg_ident.conf")
        try write("", to: "postgresql.auto.conf")
    }

    /// Makes a file in the data directory, owned by the account of the server.
    package func write(_ text: String, to name: String) throws {
        // For the account, because ALTER SYSTEM writes one of them.
        let file = try NewFile(data.appending(name), owner: fence.account.owner)
        try file.write(Array(text.utf8))
        try file.close()
    }

    /// Runs the server as our child while `body` runs.
    fileprivate func run<Result: Sendable>(
        deadline: Duration, keep: Bool, cleanup: CleanupLog,
        _ body: @Sendable (ScratchServer) async throws -> Result
    ) async throws -> Result {
        let command = try await fence.around(
            Command(installation.program("postgres"), ["-D", directory.data.string], directory: directory.path),
            of: installation, seeing: try sights(), mounts: overlay?.namespace)
        var options = PlatformOptions()
        options.createSession = true
        // Used only when our task is cancelled, and only to give us the time to stop the server ourselves.
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(120))]
        let commandLog = CommandLog(command)
        defer { commandLog.close() }
        let outcome = try await Subprocess.run(
            .path(command.startedProgram), arguments: Arguments(command.startedArguments),
            environment: command.subprocessEnvironment,
            workingDirectory: command.directory, platformOptions: options,
            input: .none, output: .discarded, error: .sequence
        ) { execution in
            let process = execution.processIdentifier.value
            commandLog.started(process)
            let result: Swift.Result<Result, any Error> = await withTaskGroup(of: Void.self) { group in
                let ended = Latch()
                group.addTask {
                    var splitter = LineSplitter(limit: 8 << 10)
                    do {
                        for try await buffer in execution.standardError {
                            for line in splitter.lines(adding: buffer.withUnsafeBytes { Array($0) }) { log.add(line) }
                        }
                    } catch {
                        log.add("the server's log could not be read: \(error)")
                    }
                    ended.raise()
                }
                let outcome: Swift.Result<Result, any Error>
                do {
                    let server = try await ready(startedBy: process, deadline: deadline, ended: ended)
                    outcome = .success(try await body(server))
                } catch {
                    outcome = .failure(error)
                }
                await directory.stopServer(gracefully: keep)
                // The launcher ends now by itself, after what the server left.
                await execution.teardown(using: [.send(signal: .terminate, allowedDurationToNextStep: .seconds(600))])
                return outcome
            }
            // It will be started again. There is something to keep only if all went well.
            if keep, case .success = result { return result }
            let left = ProcessEntry.all(workingBelow: directory.path).map { "\($0.name) (\($0.id))" }
            cleanup.record(
                "scratch server, process \(process)", removed: left.isEmpty,
                verified: left.isEmpty
                    ? "the server has stopped, and no process uses its directory"
                    : "still there: \(left.joined(separator: ", "))")
            return result
        }
        commandLog.noteEnd(outcome.terminationStatus)
        return try outcome.closureResult.get()
    }

    /// Waits until the server answers.
    /// - Parameter process: what started it: the launcher, or the server itself.
    /// - Returns: the same, which then knows its postmaster.
    private func ready(startedBy process: Int32, deadline: Duration, ended: Latch) async throws -> ScratchServer {
        let clock = ContinuousClock()
        let limit = clock.now + deadline
        var server = self
        while true {
            do {
                if server.postmaster == nil { server.postmaster = ProcessEntry.walled(startedBy: process)?.id }
                guard server.postmaster != nil else {
                    throw PostgresError.cannotConnect(
                        target: "\(directory.socket)", reason: "the server does not run yet")
                }
                let connection = try await Connection(to: server.maintenance)
                await connection.close()
                return server
            } catch PostgresError.refused(let error) where !error.isForNow {
                // The same answer would come for as long as we asked.
                throw PostgresError.refused(error)
            } catch let error as PostgresError {
                if ended.isRaised {
                    throw Fence.failure(in: log.tail) ?? ScratchError.didNotStart(reason: log.tail)
                }
                if clock.now > limit {
                    throw ScratchError.didNotStart(
                        reason: """
                            \(error) after \(deadline), its deadline. If it needs longer, raise \(PlanKey.limitsStart) of the plan. \
                            Its log ends: \(log.tail)
                            """)
                }
                try await Task.sleep(for: .milliseconds(30))
            }
        }
    }

    /// Starts the server again as a daemon that outlives us.
    fileprivate func startDetached(deadline: Duration) async throws {
        let start = try await fence.around(
            Command(installation.program("postgres"), ["-D", directory.data.string], directory: directory.path),
            of: installation, seeing: try sights(), detachedLog: directory.log)
        let outcome = try await start.run(deadline: deadline)
        guard outcome.succeeded else { throw ScratchError.didNotStart(reason: outcome.failure) }
        let clock = ContinuousClock()
        let limit = clock.now + deadline
        while true {
            do {
                let connection = try await Connection(to: maintenance)
                return await connection.close()
            } catch let error as PostgresError {
                // Also the launcher, as long as it has not become the server yet.
                guard clock.now < limit, !ProcessEntry.all(workingBelow: directory.path).isEmpty else {
                    let words = (try? String(contentsOfFile: directory.log.string, encoding: .utf8)) ?? ""
                    throw ScratchError.didNotStart(reason: "\(error). Its log ends: \(words.suffix(600))")
                }
                try await Task.sleep(for: .milliseconds(30))
            }
        }
    }

    /// What the server sees: its data, its tablespaces and the directory of its socket. Not the scratch directory itself, in which
    /// it could exchange them.
    private func sights() throws -> [Sight] {
        let data = try overlay?.sight(at: directory.data) ?? .present(directory.data, .write)
        let tablespaces = directory.path.appending("tablespaces")
        let more = FileManager.default.fileExists(atPath: tablespaces.string) ? [tablespaces] : []
        return [data] + (try ([directory.socket] + more).map { try .present($0, .write) })
    }
}
