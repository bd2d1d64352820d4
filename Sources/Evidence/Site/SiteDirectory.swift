import CLinux
import Files
import Glibc
import SystemPackage

/// The directory of a site. It is made whole beside its place and then exchanged with what was there, so that nobody who reads it meets
/// a part of it, or pages of two sites.
package enum SiteDirectory {
    /// Tells the directory of a site from one that must not be replaced.
    static let mark = ".pgassay-site"

    /// - Parameter fill: is given what writes a file.
    /// - Throws: ``SiteError``; ``Files/FileError``; what `fill` throws. Then what was there is as it was.
    package static func publish(to output: FilePath, _ fill: (SiteFileSink) throws -> Void) throws {
        guard let name = output.lastComponent?.string else { throw SiteError.noName(output) }
        let temporary = output.removingLastComponent().appending(".\(name).partial")
        try requireReplaceable(output)
        let lock = try prepare(temporary)
        defer { withExtendedLifetime(lock) {} }
        do {
            var folders: Set<String> = []
            try fill { name, bytes in
                let file = temporary.appending(name)
                let folder = file.removingLastComponent()
                if folders.insert(folder.string).inserted { try Files.createDirectory(folder, mode: 0o755) }
                try Files.create(file, bytes, mode: [.ownerReadWrite, .groupRead, .otherRead])
            }
            try exchange(temporary, output)
        } catch {
            try? Files.removeTree(temporary)
            throw error
        }
        do throws(Errno) {
            try Files.removeTree(temporary)
        } catch {
            throw FileError(path: temporary, problem: .system("remove the pages of before, in", error))
        }
    }

    /// A directory that is missing, empty, or of a site.
    private static func requireReplaceable(_ directory: FilePath) throws {
        let names = try Files.names(in: directory)
        guard names.isEmpty || names.contains(mark) else { throw SiteError.notASite(directory) }
    }

    /// Makes the directory anew, and keeps others from it.
    /// - Returns: the lock.
    private static func prepare(_ directory: FilePath) throws -> Lock {
        try requireReplaceable(directory)
        if Files.exists(directory) {
            // Left by one that was killed, or another one is at it.
            guard try Lock(directory).isOurs else { throw SiteError.busy(directory) }
            do throws(Errno) {
                try Files.removeTree(directory)
            } catch {
                throw FileError(path: directory, problem: .system("remove", error))
            }
        }
        try Files.createDirectory(directory, mode: 0o755)
        let lock = try Lock(directory)
        guard lock.isOurs else { throw SiteError.busy(directory) }
        try Files.create(
            directory.appending(mark), Array("A site of pgassay. All of it is replaced when it is made again.\n".utf8),
            mode: [.ownerReadWrite, .groupRead, .otherRead])
        return lock
    }

    private static func exchange(_ new: FilePath, _ place: FilePath) throws {
        guard Files.exists(place) else {
            guard rename(new.string, place.string) == 0 else {
                throw FileError(path: place, problem: .system("put in place", .current))
            }
            return
        }
        guard pgassay_exchange(new.string, place.string) == 0 else {
            let reason = Errno.current
            throw reason == .invalidArgument
                ? SiteError.cannotExchange(place) : FileError(path: place, problem: .system("put in place", reason))
        }
    }

    /// A directory that is locked as long as this value is there.
    private final class Lock {
        private let directory: OpenDirectory
        let isOurs: Bool

        init(_ path: FilePath) throws {
            do throws(Errno) {
                directory = try OpenDirectory(path)
                isOurs = try directory.lock()
            } catch {
                throw FileError(path: path, problem: .system("lock", error))
            }
        }
    }
}

/// Why a site was not written.
package enum SiteError: Error, CustomStringConvertible {
    case noName(FilePath)
    case notASite(FilePath)
    case busy(FilePath)
    case cannotExchange(FilePath)

    package var description: String {
        switch self {
        case .noName(let path): "\(path) has no name: name a directory for the site, such as site."
        case .notASite(let path):
            "\(path) holds other files than a site of pgassay, and a site replaces all that is there: name a directory that is empty or does not exist."
        case .busy(let path): "another pgassay is making the same site, in \(path): wait until it has ended."
        case .cannotExchange(let path):
            "the file system of \(path) cannot exchange two directories at once: make the site in another one, and copy it from there."
        }
    }
}
