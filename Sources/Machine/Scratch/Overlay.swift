import CLinux
import Files
import Foundation
import Glibc
import Launcher
import Synchronization
import SystemPackage

/// An overlay instead of a copy: the server's data directory shows the files of another directory, and everything that
/// is written there goes to the scratch directory (documentation of Linux, "Overlay Filesystem").
///
///     lower   the backup, which the kernel never writes to
///     upper   data/ of the scratch directory
///     work    overlay/ of the scratch directory, for the kernel alone
///
/// It is mounted over `data/`, in a separate mount namespace. Processes outside of the namespace do not see it. It
/// disappears with the last process in the namespace, also if that process is killed: nothing ever has to be unmounted.
package final class Overlay: Sendable {
    /// The root of the mount, and the namespace that it is mounted in; nil once closed.
    private let held: Mutex<(root: FileDescriptor, namespace: FileDescriptor)?>
    /// The data directory as the server sees it, as a path for us, who are outside of the namespace. Valid until
    /// ``close()``.
    package let root: FilePath
    let namespace: FilePath

    /// Mounts the overlay.
    /// - Parameters:
    ///   - upper: a directory that exists and is empty.
    ///   - work: the same, on the same file system.
    /// - Throws: ``OverlayRefused`` where this machine does not allow it.
    init(lower: OpenTree, upper: FilePath, work: FilePath) async throws {
        guard geteuid() == 0 else { throw OverlayRefused(reason: "it takes root") }
        let mounted = try await Self.mount(lower: lower, upper: upper, work: work)
        held = Mutex(mounted)
        root = FilePath("/proc/self/fd/\(mounted.root.rawValue)")
        // The path goes through our process, because children inherit no descriptor.
        namespace = FilePath("/proc/\(getpid())/fd/\(mounted.namespace.rawValue)")
    }

    deinit { close() }

    /// Closes our descriptors. The overlay disappears when the last process in its namespace has ended.
    package func close() {
        let closing = held.withLock { held in
            defer { held = nil }
            return held
        }
        guard let closing else { return }
        for descriptor in [closing.root, closing.namespace] { try? descriptor.close() }
    }

    /// The overlay at a place where its namespace has it.
    func sight(at place: FilePath) throws -> Sight {
        var status = stat()
        guard stat(root.string, &status) == 0 else { throw Errno(rawValue: errno) }
        let real = URL(filePath: place.removingLastComponent().string).resolvingSymlinksInPath().path
        return Sight(
            place.string, .write,
            identity: FileIdentity(
                path: "\(real)/\(place.lastComponent!)", device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
    }

    /// Mounts on a new thread: it is threads that enter a namespace, and nothing else must run in this one.
    private static func mount(
        lower: OpenTree, upper: FilePath, work: FilePath
    ) async throws -> (root: FileDescriptor, namespace: FileDescriptor) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try mountHere(lower: lower, upper: upper, work: work) })
            }
        }
    }

    private static func mountHere(
        lower: OpenTree, upper: FilePath, work: FilePath
    ) throws -> (root: FileDescriptor, namespace: FileDescriptor) {
        guard pgassay_unshare(pgassay_new_mounts) == 0 else { throw OverlayRefused("unshare", errno) }
        // Mounts made here are not seen outside, and this namespace does not block an unmount outside.
        guard Glibc.mount("none", "/", nil, UInt(MS_REC) | UInt(MS_SLAVE), nil) == 0 else {
            throw OverlayRefused("mount", errno)
        }
        do {
            // Descriptors instead of paths, because the options of a mount cannot quote paths. They are opened in this
            // namespace: the kernel refuses a directory of another namespace.
            let directory: FileDescriptor.OpenOptions = [.directory, .closeOnExec]
            let layers = [
                try FileDescriptor.open(lower.realPath(), .readOnly, options: directory.union(.noFollow)),
                try FileDescriptor.open(upper, .readOnly, options: directory.union(.noFollow)),
                try FileDescriptor.open(work, .readOnly, options: directory.union(.noFollow)),
            ]
            defer { for layer in layers { try? layer.close() } }
            guard try lower.isAt(layers[0]) else {
                throw OverlayRefused(reason: "another directory is in the place of the backup")
            }
            let places = layers.map { "/proc/thread-self/fd/\($0.rawValue)" }
            // metacopy: a change of owner copies no data. volatile: what is written need not survive a crash.
            let options =
                "lowerdir=\(places[0]),upperdir=\(places[1]),workdir=\(places[2]),metacopy=on,volatile"
            guard Glibc.mount("pgassay", upper.string, "overlay", UInt(MS_NOSUID) | UInt(MS_NODEV), options) == 0 else {
                throw OverlayRefused("mount", errno)
            }
            let root = try FileDescriptor.open(upper, .readOnly, options: [.directory, .noFollow, .closeOnExec])
            do {
                return (
                    root, try FileDescriptor.open("/proc/thread-self/ns/mnt", .readOnly, options: .closeOnExec)
                )
            } catch {
                try? root.close()
                throw error
            }
        } catch let error as FileError {
            throw OverlayRefused(reason: error.description)
        } catch let error as Errno {
            throw OverlayRefused(reason: error.description)
        }
    }
}

/// Thrown where this machine allows no overlay, or not of this directory. It is an expected outcome; `reason` says why.
struct OverlayRefused: Error {
    let reason: String

    init(reason: String) { self.reason = reason }

    init(_ call: String, _ number: Int32) { reason = "\(call): \(Errno(rawValue: number))" }
}
