import Archive
import Files
import Glibc
import SystemPackage

extension WriteAheadLog {
    /// The largest history file, in bytes. It has a line for each timeline.
    static let longestHistory: Int64 = 1 << 20

    /// Copies what was archived to the directory in which a server will look for it, decompressed. A segment that was
    /// laid out there with the backup is replaced, because the archive has the whole of it.
    /// - Returns: what is wrong with segments that were compressed, by segment.
    /// - Throws: `Errno`, `CancellationError`.
    package func copyArchived(for need: Need, to target: FilePath, owner: FileOwner) throws -> [FileFlaw] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        func copy(_ file: TreeFile, _ name: String, limit: Int64) throws -> Int64 {
            let place = target.appending(name)
            guard unlink(place.string) == 0 || errno == ENOENT else { throw Errno(rawValue: errno) }
            let output = try NewFile(place, owner: owner)
            let size = try Self.decode(file, limit: limit, through: buffer) { bytes, _ in try output.write(bytes) }
            try output.close()
            return size
        }
        var flaws: [FileFlaw] = []
        for (segment, source) in needed(for: need) where source.isArchived {
            guard case .file(let file) = source.place else { continue }
            flaws += try Self.flaws(of: segment, need) { try copy(file, "\(segment)", limit: $0) }
        }
        for (name, file) in histories.sorted(by: { $0.key < $1.key }) {
            _ = try copy(file, name, limit: Self.longestHistory)
        }
        return flaws
    }

    /// What is wrong with a segment of the archive, as reading it shows: whether it decodes, to its right size.
    /// - Parameter read: gets the most bytes that it may have, and returns how many there were, decoded.
    static func flaws(of segment: LogSegment, _ need: Need, read: (Int64) throws -> Int64) throws -> [FileFlaw] {
        do {
            let size = try read(Int64(need.segmentSize))
            guard size != Int64(need.segmentSize) else { return [] }
            return [FileFlaw(path: "pg_wal/\(segment)", problem: wrongSize(size, need))]
        } catch let error as ArchiveError where error.isBackupAtFault {
            return [FileFlaw(path: "pg_wal/\(segment)", problem: error.description)]
        }
    }

    /// Reads a file of an archive, decompressed.
    /// - Parameters:
    ///   - limit: in bytes; little is read beyond it, and none of it handed on.
    ///   - body: is called with each piece and its place. A piece fills the buffer, except the last one.
    /// - Returns: how many bytes there are, decompressed.
    /// - Throws: ``Archive/ArchiveError``, `CancellationError`; what `body` throws.
    static func decode(
        _ file: TreeFile, limit: Int64, through buffer: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeRawBufferPointer, Int64) throws -> Void
    ) throws -> Int64 {
        var stream = try DumpStream(file)
        var offset: Int64 = 0
        while true {
            try Task.checkCancellation()
            var filled = 0
            while filled < buffer.count {
                let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                if count == 0 { break }
                filled += count
            }
            guard filled > 0, stream.bytesRead <= limit else { return stream.bytesRead }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<filled]), offset)
            offset += Int64(filled)
        }
    }
}
