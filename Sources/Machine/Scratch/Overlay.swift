import CLinux
import Foundation
import Glibc
import Processes
import Synchronization
import SystemPackage

/// A directory that only seems to be copied: the server's data directory shows what lies in another, and what is written there
/// goes to the scratch directory (documentation of Linux, "Overlay Filesystem").
///
///     lower   the backup, which the kernel never writes to
///     upper   data/ of the scratch directory
///     work    overlay/ of the scratch directory, for the kernel alone
///
/// It is mounted in a mount namespace of its own, over `data/`. Nobody else sees it there, and it goes with the last process
/// that lives in the namespace, however that ends: nothing is ever to be unmounted.
package final class Overlay: Sendable {
    /// What is mounted, and the namespace that it is mounted in; nil once closed.
    private let held: Mutex<(root: FileDescriptor, namespace: FileDescriptor)?>
    /// The data directory as the server has it, for us who are outside. Good until ``close()``.
    package let root: FilePath
    private let namespace: FilePath

    /// Mounts it.
    /// - Parameters:
    ///   - upper: a directory that is there and empty.
    ///   - work: the same, on the same file system.
    /// - Throws: ``OverlayRefused`` where this machine does not allow it.
    init(lower: FilePath, upper: FilePath, work: FilePath) async throws {
        guard geteuid() == 0 else { throw OverlayRefused(reason: "it takes root") }
        let mounted = try await Self.mount(lower: lower, upper: upper, work: work)
        held = Mutex(mounted)
        root = FilePath("/proc/self/fd/\(mounted.root.rawValue)")
        // Children find it by our process: they inherit no descriptor.
        namespace = FilePath("/proc/\(getpid())/fd/\(mounted.namespace.rawValue)")
    }

    deinit { close() }

    /// Lets go of it: once the last process in the namespace has ended, it is gone.
    package func close() {
        let closing = held.withLock { held in
            defer { held = nil }
            return held
        }
        guard let closing else { return }
        for descriptor in [closing.root, closing.namespace] { try? descriptor.close() }
    }

    /// The same command, run where the overlay is seen.
    func around(_ command: Command) -> Command {
        var inside = command
        inside.program = "/usr/bin/nsenter"
        // A working directory from outside would be the one below the overlay.
        inside.arguments =
            ["--mount=\(namespace)", "--wdns=\(command.directory ?? "/")", "--", command.program.string]
            + command.arguments
        return inside
    }

    /// On a thread of its own: a namespace is entered by threads, and nothing else must run in this one.
    private static func mount(
        lower: FilePath, upper: FilePath, work: FilePath
    ) async throws -> (root: FileDescriptor, namespace: FileDescriptor) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try mountHere(lower: lower, upper: upper, work: work) })
            }
        }
    }

    private static func mountHere(
        lower: FilePath, upper: FilePath, work: FilePath
    ) throws -> (root: FileDescriptor, namespace: FileDescriptor) {
        guard pgassay_unshare_mounts() == 0 else { throw OverlayRefused("unshare", errno) }
        // What is mounted here is not seen outside; what is unmounted outside is not held up by us.
        guard Glibc.mount("none", "/", nil, UInt(MS_REC) | UInt(MS_SLAVE), nil) == 0 else {
            throw OverlayRefused("mount", errno)
        }
        do {
            // Descriptors instead of paths, which options of a mount have no way to quote. Opened in here: the kernel takes
            // no directory of another namespace.
            let directory: FileDescriptor.OpenOptions = [.directory, .closeOnExec]
            let layers = [
                try FileDescriptor.open(lower, .readOnly, options: directory),
                try FileDescriptor.open(upper, .readOnly, options: directory.union(.noFollow)),
                try FileDescriptor.open(work, .readOnly, options: directory.union(.noFollow)),
            ]
            defer { for layer in layers { try? layer.close() } }
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
        } catch let error as Errno {
            throw OverlayRefused(reason: error.description)
        }
    }
}

/// This machine allows no overlay, or not of this directory: an expected outcome, and why.
struct OverlayRefused: Error {
    let reason: String

    init(reason: String) { self.reason = reason }

    init(_ call: String, _ number: Int32) { reason = "\(call): \(Errno(rawValue: number))" }
}
