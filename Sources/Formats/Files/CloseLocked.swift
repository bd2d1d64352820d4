import Glibc
import SystemPackage

extension FileDescriptor {
    /// Closes a file that is locked (flock(2)), and releases its lock now. The lock belongs to all copies of the descriptor, and a
    /// child process that another thread is just starting has copies of all until it runs its program: without this, it would
    /// hold the lock a little longer.
    package func closeLocked() {
        flock(rawValue, LOCK_UN)
        _ = Glibc.close(rawValue)
    }
}
