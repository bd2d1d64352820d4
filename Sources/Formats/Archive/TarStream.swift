import Compression
import Files
import SystemPackage

/// Reads a tar file that may be compressed, member after member, without going back. Memory use is constant.
///
///     var stream = try TarStream(file)
///     while let member = try stream.next() {
///         while case let count = try stream.read(into: buffer), count > 0 { … }
///     }
package struct TarStream: ~Copyable {
    private static let blockSize = 512

    private var stream: DumpStream
    /// How many bytes of zeros end the file; two blocks of them in a whole one. Known at its end.
    private(set) var zerosAtEnd: Int64 = 0
    /// Bytes of the current member that are still to come.
    private var left: Int64 = 0
    /// Bytes of padding that follow them, up to a whole block.
    private var padding: Int64 = 0
    private var current = ""

    package var path: FilePath { stream.path }
    /// Recognised from the first bytes of the file, never from its name.
    package var compression: CompressionAlgorithm { stream.compression }
    /// How many bytes of the file have been read.
    package var compressedBytesRead: Int64 { stream.compressedBytesRead }

    /// - Throws: as ``DumpStream/init(_:)``.
    package init(_ file: TreeFile) throws(ArchiveError) {
        stream = try DumpStream(file)
    }

    /// A tar file that is not compressed.
    init(_ file: InputFile) throws(ArchiveError) {
        stream = try DumpStream(file, .none)
    }

    /// Whether the first bytes of a file are the start of a tar header: its magic, or the name of the first member of
    /// every dump.
    static func recognises(_ prefix: [UInt8]) -> Bool {
        (prefix.count >= 262 && prefix[257..<262].elementsEqual("ustar".utf8))
            || prefix.starts(with: Array("toc.dat\0".utf8))
    }

    /// How many decoded bytes come before what is read next: before the data of a member, after ``next()``.
    var offset: Int64 { stream.bytesRead }

    /// Skips the rest of the current member. Members that only say more about the next one are put into that.
    /// - Returns: the next member; nil after the last one, when the file has been read to its end without an error.
    /// - Throws: ``ArchiveError``.
    package mutating func next() throws(ArchiveError) -> TarHeader? {
        var more = TarExtension()
        while let header = try nextHeader() {
            guard case .other(let flag) = header.kind, TarExtension.flags.contains(flag) else {
                let whole = more.applied(to: header)
                if whole.kind == .file { take(whole.size) }
                current = whole.name
                return whole
            }
            let offset = stream.bytesRead
            guard header.size <= TarExtension.longest else {
                throw .malformed(path, offset: offset, problem: "a tar member has an extension of \(header.size) bytes")
            }
            more.add(try bytes(of: header, atMost: TarExtension.longest), flag)
        }
        return nil
    }

    private mutating func take(_ size: Int64) {
        left = size
        padding = (512 - size % 512) % 512
    }

    private mutating func nextHeader() throws(ArchiveError) -> TarHeader? {
        try skip()
        let offset = stream.bytesRead
        let block = try block()
        guard !block.isEmpty else {
            throw .truncated(path, offset: offset, reading: "the tar file: the blocks of zeros that end it are missing")
        }
        guard block.count == Self.blockSize else {
            throw .truncated(path, offset: offset, reading: "the header of a tar member")
        }
        if block.allSatisfy({ $0 == 0 }) {
            zerosAtEnd = Int64(Self.blockSize)
            try expectEnd()
            return nil
        }
        do {
            let header = try TarHeader(block)
            switch header.kind {
            case .file, .other: take(header.size)
            case .directory, .link: break
            }
            current = header.name
            return header
        } catch {
            throw .malformed(path, offset: offset, problem: error.problem)
        }
    }

    /// Reads data of the current member.
    /// - Returns: how many bytes were written: fewer than fit only where the data of the member ends, and 0 after its
    ///   end.
    /// - Throws: ``ArchiveError``.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        let wanted = Int(min(Int64(buffer.count), left))
        let count = try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        left -= Int64(count)
        guard count == wanted else {
            throw .truncated(path, offset: stream.bytesRead, reading: "the data of the tar member \(current)")
        }
        return count
    }

    /// The first bytes of the current member.
    /// - Parameter count: how many to read at most.
    package mutating func bytes(of member: TarHeader, atMost count: Int) throws(ArchiveError) -> [UInt8] {
        try [UInt8](
            unsafeUninitializedCapacity: Int(min(member.size, Int64(count)))
        ) { buffer, count throws(ArchiveError) in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    private mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    private mutating func block() throws(ArchiveError) -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count throws(ArchiveError) in
            count = try fill(UnsafeMutableRawBufferPointer(buffer))
        }
    }

    private mutating func skip() throws(ArchiveError) {
        guard try stream.skip(left + padding) == left + padding else {
            throw .truncated(path, offset: stream.bytesRead, reading: "the data of the tar member \(current)")
        }
        left = 0
        padding = 0
    }

    /// Reads to the end of the file: after the first block of zeros there must be only zeros. A compressed file is
    /// decoded to its end by this.
    private mutating func expectEnd() throws(ArchiveError) {
        while true {
            let offset = stream.bytesRead
            guard let bytes = try stream.read() else { return }
            guard bytes.allSatisfy({ $0 == 0 }) else {
                throw .malformed(path, offset: offset, problem: "something follows the end of the tar file")
            }
            zerosAtEnd += Int64(bytes.count)
        }
    }
}
