import Foundation
import Postgres
import Scratch

/// A server that runs beside the tests until it is ended.
final class BackgroundServer: Sendable {
    let installation: Installation
    private let task: Task<Void, any Error>
    private let started: Task<ScratchServer, any Error>
    private let stop: AsyncStream<Never>.Continuation

    /// - Parameter jobs: decides how many connections it takes.
    init(of installation: Installation, jobs: Int) {
        self.installation = installation
        let (starts, starting) = AsyncThrowingStream.makeStream(of: ScratchServer.self)
        let (stops, stop) = AsyncStream.makeStream(of: Never.self)
        var changed = TestServer.request
        changed.jobs = jobs
        let request = changed
        self.stop = stop
        task = Task {
            do {
                try await withScratchServer(request, of: installation, cleanup: CleanupLog()) { server in
                    try TestServer.open(server)
                    starting.yield(server)
                    for await _ in stops {}
                }
                starting.finish()
            } catch {
                starting.finish(throwing: error)
                throw error
            }
        }
        started = Task {
            for try await server in starts { return server }
            throw ScratchError.didNotStart(reason: "a server that tests use ended by itself")
        }
    }

    var server: ScratchServer { get async throws { try await started.value } }

    /// Returns when it is gone.
    func end() async throws {
        stop.finish()
        try await task.value
    }
}

/// Servers that tests use at the same time, each with the number of those who use it.
actor SharedServers {
    static let all = SharedServers()

    private var running: [Installation: (server: BackgroundServer, users: Int)] = [:]

    func enter(_ installation: Installation) async throws -> ScratchServer {
        // Each test of those that have a turn has up to ten connections.
        let jobs = 20 * ProcessInfo.processInfo.activeProcessorCount
        let (server, users) = running[installation] ?? (BackgroundServer(of: installation, jobs: jobs), 0)
        running[installation] = (server, users + 1)
        return try await server.server
    }

    func leave(_ installation: Installation) async throws {
        guard let (server, users) = running[installation] else { return }
        running[installation] = users == 1 ? nil : (server, users - 1)
        if users == 1 { try await server.end() }
    }
}
