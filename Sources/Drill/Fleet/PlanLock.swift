import Files
import Glibc
import SystemPackage

/// Keeps two fleets from drilling one plan at the same time: a lock (flock(2)) on the plan's file, which is only read. It ends with
/// the process.
struct PlanLock: ~Copyable {
    private let descriptor: FileDescriptor

    /// - Returns: nil if another process holds it.
    /// - Throws: `Errno`.
    static func take(_ plan: FilePath) throws -> PlanLock? {
        let descriptor = try FileDescriptor.open(plan, .readOnly, options: [.closeOnExec])
        if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 { return PlanLock(descriptor: descriptor) }
        let error = Errno(rawValue: errno)
        try descriptor.close()
        guard error == .wouldBlock else { throw error }
        return nil
    }

    deinit { descriptor.closeLocked() }
}
