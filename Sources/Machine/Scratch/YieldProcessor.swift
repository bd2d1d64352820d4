import Foundation
import Glibc
import Postgres
import Processes
import SystemPackage

extension ScratchServer {
    /// Gives a session the processor only while no other process wants it (SCHED_IDLE, sched(7)), so that it takes no
    /// time from a restore that runs at the same time. It lasts for the rest of the session.
    /// - Throws: ``ScratchError/childFailed(program:reason:)`` when the machine does not allow it.
    package func yieldProcessor(of connection: Connection) async throws {
        let inner = try await connection.query("SELECT pg_catalog.pg_backend_pid()")[0].need(at: 0, as: Int.self)
        // The server sees its processes under the ids of its own namespace.
        let backend = ProcessEntry.all(workingBelow: directory.data).first { $0.innermostID.map(Int.init) == inner }
        guard let backend else {
            throw ScratchError.childFailed(program: "postgres", reason: "its process \(inner) was not found")
        }
        var parameters = sched_param()
        guard sched_setscheduler(backend.id, Self.idlePolicy, &parameters) == 0 else {
            throw ScratchError.childFailed(
                program: "postgres", reason: "its process \(inner) cannot be made to yield: \(Errno(rawValue: errno))")
        }
    }

    /// SCHED_IDLE of `<sched.h>`, which Swift's Glibc leaves out.
    private static let idlePolicy: Int32 = 5
}
