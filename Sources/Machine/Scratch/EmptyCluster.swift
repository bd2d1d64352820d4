import CIsal
import Files
import Foundation
import Glibc
import Launcher
import Processes
import SystemPackage

/// A data directory as `initdb` makes it. Where there is a cache, it is copied from a template, which takes half of the time;
/// else, and where anything is wrong with the cache, `initdb` runs.
package struct EmptyCluster: Sendable {
    package let installation: Installation
    package let fence: Fence
    /// Those of `initdb` that its result depends on.
    package let options: [String]

    package init(
        of installation: Installation, behind fence: Fence,
        options: [String] = Self.options(superuser: ScratchServer.superuser)
    ) {
        self.installation = installation
        self.fence = fence
        self.options = options
    }

    static func options(superuser: String) -> [String] {
        ["--username=\(superuser)", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    }

    /// Makes it.
    /// - Parameters:
    ///   - data: not there yet, or an empty directory of the account.
    ///   - directory: the scratch directory. Each program that runs is marked with it, so that `pgassay clean` finds the program.
    ///   - deadline: for each program that runs.
    /// - Throws: ``ScratchError`` when it cannot be made.
    package func make(
        at data: FilePath, in directory: FilePath, cache: TemplateCache?, deadline: Duration
    ) async throws {
        try makeDirectory(data)
        if let template = try await cache?.template(of: self, for: directory, deadline: deadline) {
            if try await copy(template, to: data, in: directory, deadline: deadline) { return }
            try Files.removeTree(data)
            try makeDirectory(data)
        }
        let outcome = try await initdb(data, in: directory, deadline: deadline)
        guard outcome.succeeded else { throw ScratchError.childFailed(program: "initdb", reason: outcome.failure) }
    }

    /// For its account, which sees nothing above it.
    private func makeDirectory(_ data: FilePath) throws(ScratchError) {
        if !FileManager.default.fileExists(atPath: data.string) { try fence.account.makeDirectory(data) }
    }

    /// Runs `initdb` in that directory, by which a sweep finds it.
    /// - Parameter data: an empty directory of the account.
    /// - Throws: ``ScratchError/deadlineExceeded(program:seconds:)``.
    func initdb(
        _ data: FilePath, in directory: FilePath, deadline: Duration
    ) async throws -> Command.Outcome {
        let initdb = Command(
            installation.program("initdb"), ["--pgdata=\(data)"] + options + ["--no-sync", "--no-instructions"],
            environment: [Workspace.mark: directory.string], directory: data)
        let outcome = try await fence.around(initdb, of: installation, seeing: [try .present(data, .write)])
            .run(deadline: deadline)
        if outcome.timedOut { throw ScratchError.deadlineExceeded(program: "initdb", seconds: deadline / .seconds(1)) }
        return outcome
    }

    /// Copies a template as the account of the server: root writes nothing into a directory of that account, which could put
    /// a link in its place.
    /// - Returns: whether that was possible.
    private func copy(
        _ template: FilePath, to data: FilePath, in directory: FilePath, deadline: Duration
    ) async throws -> Bool {
        let copy = Command(
            "/bin/cp", ["-R", "-T", "--reflink=auto", "--", template.string, data.string],
            environment: [Workspace.mark: directory.string], directory: data)
        do {
            let sights: [Sight] = [try .present(template, .readAsOwner), try .present(data, .write)]
            guard
                try await fence.around(copy, of: installation, seeing: sights).run(deadline: deadline).succeeded
            else { return false }
            try SystemIdentifier.renew(in: data, of: fence.account)
            return true
        } catch let error as CancellationError {
            throw error
        } catch {
            // Another drill may have taken the template away; the disk may be full: initdb will say it.
            return false
        }
    }
}

/// The number by which PostgreSQL knows which files belong together: the log, a standby, an incremental backup. Each cluster
/// has its own, and so has each copy of a template.
enum SystemIdentifier {
    struct Unknown: Error {}

    /// Gives a cluster that no server has run on another identifier. It is at the beginning of `global/pg_control`, which has
    /// a checksum at its end (`pg_control.h`), and in the header of the log (`xlog_internal.h`).
    /// - Throws: where files are not as they are expected to be; `Errno`.
    static func renew(in data: FilePath, of account: Account) throws {
        let control = try file(data.appending("global/pg_control"), of: account)
        try control.closeAfter {
            var bytes = [UInt8](repeating: 0, count: 512)
            guard
                try bytes.withUnsafeMutableBytes({ try control.read(fromAbsoluteOffset: 0, into: $0) }) == bytes.count,
                let end = stride(from: 64, to: 508, by: 4).first(where: { checksum(bytes[..<$0]) == bytes[$0..<$0 + 4] }
                )
            else { throw Unknown() }
            let old = Array(bytes[..<8])
            let new = withUnsafeBytes(of: make()) { Array($0) }
            bytes.replaceSubrange(..<8, with: new)
            bytes.replaceSubrange(end..<end + 4, with: checksum(bytes[..<end]))
            for name in try FileManager.default.contentsOfDirectory(atPath: data.appending("pg_wal").string)
            where name.wholeMatch(of: /[0-9A-F]{24}/) != nil {
                let log = try file(data.appending("pg_wal").appending(name), of: account)
                try log.closeAfter {
                    var header = [UInt8](repeating: 0, count: 8)
                    _ = try header.withUnsafeMutableBytes { try log.read(fromAbsoluteOffset: placeInLog, into: $0) }
                    guard header == old else { throw Unknown() }
                    _ = try log.writeAll(toAbsoluteOffset: placeInLog, new)
                }
            }
            _ = try control.writeAll(toAbsoluteOffset: 0, bytes)
        }
    }

    /// Of `xlp_sysid` in `XLogLongPageHeaderData`.
    private static let placeInLog: Int64 = 24

    /// As PostgreSQL makes one (`BootStrapXLOG`): seconds, microseconds, and bits of a process id, which are random here.
    private static func make() -> UInt64 {
        var now = timeval()
        gettimeofday(&now, nil)
        return UInt64(now.tv_sec) << 32 | UInt64(now.tv_usec) << 12 | UInt64.random(in: 0..<1 << 12)
    }

    /// CRC-32C, as it is stored.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = Array(bytes)
        let sum = ~crc32_iscsi(&bytes, Int32(bytes.count), .max)
        return withUnsafeBytes(of: sum) { Array($0)[...] }
    }

    /// Opens a file of the account's. Wherever links lead: what that account can write anyway is all that is written.
    private static func file(_ path: FilePath, of account: Account) throws -> FileDescriptor {
        let file = try FileDescriptor.open(path, .readWrite, options: [.noFollow, .closeOnExec])
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == account.userID
        else {
            try file.close()
            throw Unknown()
        }
        return file
    }
}
