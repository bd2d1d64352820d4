import Files
import Foundation
import Glibc
import Processes
import SystemPackage

/// A data directory that a server may use without a copy: what the server changes is kept elsewhere.
package struct OverlayRequest: Sendable {
    /// The data directory. Nothing is ever written to it.
    package let lower: OpenTree
    /// Called with the mounted directory and the account: removes what the server must not see, and gives the rest to
    /// the account.
    package let prepare: @Sendable (FilePath, Account) throws -> Void

    package init(_ lower: OpenTree, prepare: @escaping @Sendable (FilePath, Account) throws -> Void) {
        self.lower = lower
        self.prepare = prepare
    }
}

extension ScratchServer {
    /// If this variable is set to anything, no overlay is used and everything is copied.
    private static let refusal = "PGASSAY_NO_OVERLAY"

    /// Mounts an overlay of another directory at the server's data directory, which is empty. Whether this machine
    /// allows that is found out by trying. If it does not, the data directory is as it was, and ``overlayRefusal`` says
    /// why.
    /// - Throws: `CancellationError`; ``ScratchError`` where the directory cannot be made again.
    mutating func overlay(_ request: OverlayRequest) async throws {
        guard Variable.value(of: Self.refusal) == nil else {
            overlayRefusal = "\(Self.refusal) is set"
            return
        }
        do {
            overlay = try await laidOver(request)
        } catch let error as CancellationError {
            throw error
        } catch {
            overlayRefusal = (error as? OverlayRefused)?.reason ?? String(describing: error)
            for path in [directory.data, directory.work] { try? Files.removeTree(path) }
            try fence.account.makeDirectory(directory.data)
        }
    }

    private func laidOver(_ request: OverlayRequest) async throws -> Overlay {
        // This runs as root. While it goes on, the account, and others that run as it, cannot enter the data directory.
        try directory.keepData()
        guard mkdir(directory.work.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        let overlay = try await Overlay(lower: request.lower, upper: directory.data, work: directory.work)
        try request.prepare(overlay.root, fence.account)
        guard chown(overlay.root.string, fence.account.userID, fence.account.groupID) == 0,
            chmod(overlay.root.string, 0o700) == 0
        else { throw Errno(rawValue: errno) }
        let test = Command("/usr/bin/test", ["-w", directory.data.appending("PG_VERSION").string], directory: "/")
        let sight = try overlay.sight(at: directory.data)
        let outcome = try await fence.around(test, of: installation, seeing: [sight], mounts: overlay.namespace)
            .run(deadline: .seconds(600))
        guard outcome.succeeded else {
            throw OverlayRefused(reason: "the account \(fence.account.name) cannot use it: \(outcome.failure)")
        }
        return overlay
    }
}

extension ScratchDirectory {
    /// A directory for the kernel, where the data directory is an overlay.
    fileprivate var work: FilePath { path.appending("overlay") }

    /// Gives the data directory to root.
    fileprivate func keepData() throws {
        let file = try FileDescriptor.open(data, .readOnly, options: [.directory, .noFollow, .closeOnExec])
        try file.closeAfter {
            guard fchown(file.rawValue, 0, 0) == 0 else { throw Errno(rawValue: errno) }
            guard try FileManager.default.contentsOfDirectory(atPath: data.string).isEmpty else {
                throw Errno.fileExists
            }
        }
    }
}
