import Files
import SystemPackage

extension Wrapper {
    /// Unpacks the dump. Nothing is written outside of the directory, whatever the names in a tar file are.
    ///
    /// - Parameters:
    ///   - directory: exists and is empty.
    ///   - limit: the most bytes that are written, because a small file can unpack to a very large one.
    ///   - progress: called with the bytes of the file read so far; may throw to stop.
    /// - Returns: the path of the dump, below `directory`.
    /// - Throws: ``ArchiveError`` for a damaged wrapper, ``NoDumpInTar``, ``UnpackedTooLarge``; `Errno` where nothing can be
    ///   written; what `progress` throws.
    package func unpack(
        into directory: FilePath, owner: FileOwner, limit: Int64, progress: (Int64) throws -> Void
    ) throws -> FilePath {
        let target = directory.appending(path.lastComponent?.string ?? "dump")
        var unpacking = Unpacking(owner: owner, limit: limit)
        if case .directory(let place) = content {
            try owner.makeDirectory(target)
            try unpacking.members(of: path, in: place, to: target, progress)
        } else {
            var stream = try DumpStream(path: path)
            let output = try NewFile(target, owner: owner)
            while let chunk = try stream.read() {
                try unpacking.count(chunk.count)
                try output.write(chunk)
                try progress(stream.compressedBytesRead)
            }
            try output.close()
        }
        return target
    }
}

/// What is unpacked takes more room than there is for it.
package struct UnpackedTooLarge: Error, Sendable, Equatable {
    /// In bytes.
    package let limit: Int64
}

private struct Unpacking {
    let owner: FileOwner
    let limit: Int64
    private var written: Int64 = 0

    init(owner: FileOwner, limit: Int64) {
        (self.owner, self.limit) = (owner, limit)
    }

    mutating func count(_ bytes: Int) throws(UnpackedTooLarge) {
        written += Int64(bytes)
        guard written <= limit else { throw UnpackedTooLarge(limit: limit) }
    }

    /// Room that a file takes even if it is empty, in bytes.
    private static let smallest = 4096

    /// Writes the files of a directory dump. Links are left out: what they stood for is then missing.
    mutating func members(
        of path: FilePath, in place: String, to target: FilePath, _ progress: (Int64) throws -> Void
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: DumpStream.chunkSize, alignment: 64)
        defer { buffer.deallocate() }
        var stream = try TarStream(path: path)
        while let member = try stream.next() {
            let found = MemberPlace(member.name)
            guard member.kind == .file, !["", ".."].contains(found.file) else { continue }
            guard found.directory == place else {
                if found.file == "toc.dat" { throw NoDumpInTar.directories([place, found.directory]) }
                continue
            }
            try count(Self.smallest)
            let file = target.appending(found.file)
            guard !Files.exists(file) else {
                throw ArchiveError.malformed(path, offset: 0, problem: "\(member.name) is in the tar file twice")
            }
            let output = try NewFile(file, owner: owner)
            while true {
                let size = try stream.read(into: buffer)
                guard size > 0 else { break }
                try count(size)
                try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<size]))
                try progress(stream.compressedBytesRead)
            }
            try output.close()
        }
    }
}
