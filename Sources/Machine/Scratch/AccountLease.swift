import Foundation
import Glibc
import SystemPackage

/// A user and group id that nothing else on this machine has, for one drill, as systemd's DynamicUser takes one. It has no entry in
/// the machine's list of accounts: only the drill's own processes find it in theirs.
final class AccountLease: Sendable {
    /// Neither adduser (to 59999), systemd (60001 to 65534) nor subordinate ids (from 100000) reach into it.
    static let range: ClosedRange<UInt32> = 70_000...79_999

    let account: Account
    private let lock: FileDescriptor
    private let file: FilePath

    private init(_ id: UInt32, _ lock: FileDescriptor, _ file: FilePath) {
        account = Account(name: "uid \(id)", userID: id, groupID: id)
        self.lock = lock
        self.file = file
    }

    deinit {
        // The file is removed before its lock is released. A drill that has opened the file and then locks it sees that the name is
        // gone, and takes another id.
        unlink(file.string)
        lock.closeLocked()
    }

    /// - Returns: nil where none can be had: without root, in a container that has too few numbers, or where `/run` cannot be written.
    static func take() -> AccountLease? {
        let directory: FilePath = "/run/pgassay"
        guard geteuid() == 0, mkdir(directory.string, 0o700) == 0 || errno == EEXIST else { return nil }
        var status = stat()
        guard lstat(directory.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == 0,
            status.st_mode & 0o022 == 0
        else { return nil }
        let (users, groups) = (mapped("uid_map"), mapped("gid_map"))
        let inUse = runningUsers()
        let start = UInt32.random(in: range)
        for step in 0..<UInt32(range.count) {
            let id = range.lowerBound + (start - range.lowerBound + step) % UInt32(range.count)
            guard users.contains(where: { $0.contains(id) }), groups.contains(where: { $0.contains(id) }),
                !inUse.contains(id), getpwuid(id) == nil, getgrgid(id) == nil,
                let lease = take(id, in: directory)
            else { continue }
            return lease
        }
        return nil
    }

    private static func take(_ id: UInt32, in directory: FilePath) -> AccountLease? {
        let file = directory.appending("\(id)")
        guard
            let lock = try? FileDescriptor.open(
                file, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
        else { return nil }
        var (opened, there) = (stat(), stat())
        // The file that was locked must still be the one of this name.
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0, fstat(lock.rawValue, &opened) == 0,
            lstat(file.string, &there) == 0, opened.st_ino == there.st_ino
        else {
            lock.closeLocked()
            return nil
        }
        return AccountLease(id, lock, file)
    }

    /// The ids that this process's user namespace has (user_namespaces(7)).
    private static func mapped(_ file: String) -> [Range<UInt32>] {
        let text = (try? String(contentsOfFile: "/proc/self/\(file)", encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(separator: " ").compactMap { UInt64($0) }
            guard words.count == 3 else { return nil }
            return UInt32(words[0])..<UInt32(min(words[0] + words[2], UInt64(UInt32.max)))
        }
    }

    /// The accounts of all processes: a server that was kept goes on with its number.
    private static func runningUsers() -> Set<UInt32> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Set(
            names.filter { Int32($0) != nil }.compactMap { name in
                var status = stat()
                return stat("/proc/\(name)", &status) == 0 ? status.st_uid : nil
            })
    }
}
