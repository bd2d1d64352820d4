import CLinux
import Files
import Foundation
import Glibc
import SystemPackage

/// The segment of shared memory by which a server notices that another uses its data directory (System V; `CreateSharedMemory` in
/// `sysv_shmem.c`). A server that is killed leaves it. In an IPC namespace of its own it ends with that.
struct SharedMemory: Equatable {
    let id: Int32
    let process: Int32

    /// What `postmaster.pid` of a data directory names: the process in its first line, key and number of the segment in its seventh
    /// (`AddToDataDirLockFile`).
    init?(namedBy text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 7, let process = Int32(lines[0].trimmingCharacters(in: .whitespaces)),
            let id = lines[6].split(separator: " ").last.flatMap({ Int32($0) })
        else { return nil }
        self.id = id
        self.process = process
    }

    /// Whether the kernel's list (`/proc/sysvipc/shm`, proc(5)) has it as a segment that this process and account made and that
    /// nobody uses: what a backup wrote into the file proves nothing.
    func isLeft(in list: String, by account: uid_t) -> Bool {
        list.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ").map { Int64($0) }
            guard fields.count >= 11 else { return false }
            return fields[1] == Int64(id) && fields[4] == Int64(process) && fields[6] == 0
                && fields[9] == Int64(account)
        }
    }

    /// Removes what the server of a data directory left, once it has ended.
    static func remove(leftBy data: FilePath, recordingIn cleanup: CleanupLog) {
        guard let (text, account) = try? lockFile(of: data), let segment = SharedMemory(namedBy: text),
            segment.isLeft(in: list, by: account)
        else { return }
        let removed = pgassay_remove_shared_memory(segment.id) == 0
        cleanup.record(
            "shared memory \(segment.id) of process \(segment.process)", removed: removed,
            verified: removed ? "the kernel removed it" : "\(Errno.current): remove it with ipcrm -m \(segment.id)")
    }

    private static var list: String { (try? String(contentsOfFile: "/proc/sysvipc/shm", encoding: .utf8)) ?? "" }

    /// - Returns: its text and its owner.
    private static func lockFile(of data: FilePath) throws -> (String, uid_t) {
        let file = try FileDescriptor.regularFile(data.appending("postmaster.pid"))
        return try file.closeAfter {
            var status = stat()
            guard fstat(file.rawValue, &status) == 0 else { throw Errno.current }
            let text = try String(unsafeUninitializedCapacity: 4096) {
                try file.read(into: UnsafeMutableRawBufferPointer($0))
            }
            return (text, status.st_uid)
        }
    }
}
