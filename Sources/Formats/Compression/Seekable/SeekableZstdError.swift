/// Why a file is not what ``SeekableZstdWriter`` wrote.
package enum SeekableZstdError: Error, Equatable, Sendable {
    /// A frame is wrong. Frames count from 0; `offset` is where it starts, in bytes from the start of the file.
    case frame(Int, offset: Int64, FrameError)
    /// Neither a frame nor the seek table starts at this offset, which follows this number of good frames.
    case noFrame(offset: Int64, frames: Int)
    /// The file ended before the end of its seek table; it has this number of frames and of bytes.
    case truncated(frames: Int, bytes: Int64)
    /// Something follows the seek table, at this offset.
    case trailingBytes(offset: Int64)
    /// The seek table is wrong.
    case table(SeekTableError)
}

/// Why a frame is not what was written.
package enum FrameError: Error, Equatable, Sendable {
    /// It does not start as a frame does.
    case noMagic
    /// It has no checksum, so it cannot be verified.
    case noChecksum
    /// It needs a dictionary, or has bits set in its header that are reserved or unused.
    case unknownHeader
    /// It contradicts its format or its checksum, was cut off, or needs too much memory.
    case undecodable(DecompressionError)
    /// It decodes to more than this number of bytes.
    case holdsMore(than: UInt32)
    /// It takes more than this number of bytes in the file.
    case larger(than: UInt32)
    /// Its sizes or its checksum differ from those in the seek table.
    case differs(table: SeekTable.Frame, found: SeekTable.Frame)
}

extension SeekableZstdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .frame(let index, let offset, let error): "frame \(index), at offset \(offset): \(error)"
        case .noFrame(let offset, let frames):
            "what follows \(frames) frames at offset \(offset) is not what an export writes there"
        case .truncated(let frames, let bytes):
            "the file ends after \(frames) frames and \(bytes) bytes, before all of it was there: it was cut off"
        case .trailingBytes(let offset): "something follows the end of the seek table at offset \(offset)"
        case .table(let error): "\(error)"
        }
    }
}

extension FrameError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noMagic: "it does not start as a zstd frame does"
        case .noChecksum: "it has no checksum, so it is not one of an export"
        case .unknownHeader: "its header is not one that an export writes"
        case .undecodable(let error): "\(error)"
        case .holdsMore(let size): "it decodes to more than \(size) bytes"
        case .larger(let size): "it goes on for more than \(size) bytes"
        case .differs(let table, let found): "the seek table says \(Self.text(table)), and it has \(Self.text(found))"
        }
    }

    private static func text(_ frame: SeekTable.Frame) -> String {
        "\(frame.compressedSize) bytes, \(frame.decompressedSize) decoded, checksum "
            + String(frame.checksum, radix: 16)
    }
}
