/// Where the frames of a zstd file are, as the file itself says in its last frame.
///
/// The format is that of zstd's `contrib/seekable_format` (zstd_seekable_compression_format.md): a skippable frame,
/// which every decoder skips, with an entry for each frame before it. All numbers are little-endian.
///
///     0x184D2A5E, u32 size of what follows
///     for each frame: u32 compressed size, u32 decompressed size, u32 checksum
///     u32 number of frames, u8 descriptor (0x80: entries have checksums), 0x8F92EAB1
///
/// A frame's checksum is the low half of the XXH64 of its decoded bytes. The last four bytes of a zstd frame with a
/// checksum are the same number (RFC 8878, 3.1.1), so code that writes or verifies a frame need not compute it twice.
package struct SeekTable: Sendable, Equatable {
    /// One entry.
    package struct Frame: Sendable, Equatable {
        /// Bytes in the file.
        package var compressedSize: UInt32
        /// Bytes after decoding.
        package var decompressedSize: UInt32
        /// The low half of the XXH64 of the decoded bytes.
        package var checksum: UInt32

        package init(compressedSize: UInt32, decompressedSize: UInt32, checksum: UInt32) {
            self.compressedSize = compressedSize
            self.decompressedSize = decompressedSize
            self.checksum = checksum
        }
    }

    /// The most frames that are written or read; a table of so many frames takes 12 MiB. The format itself allows 2^27.
    package static let maximumFrames = 1 << 20

    /// In the order of the file.
    package let frames: [Frame]
    /// Where each frame starts in the file; as the last element, where the last frame ends and the table starts.
    private let starts: [Int64]

    package init(_ frames: [Frame]) {
        var starts: [Int64] = [0]
        starts.reserveCapacity(frames.count + 1)
        for frame in frames {
            starts.append((starts.last ?? 0) + Int64(frame.compressedSize))
        }
        self.frames = frames
        self.starts = starts
    }

    /// The bytes of the file that a frame takes, from the start of the file.
    /// - Parameter frame: its number, from 0; it must exist.
    package func range(ofFrame frame: Int) -> Range<Int64> {
        starts[frame]..<starts[frame + 1]
    }

    /// Where the last frame ends and the table starts.
    package var framesEnd: Int64 { starts[frames.count] }

    /// The size of all frames after decoding, in bytes.
    package var decompressedSize: Int64 {
        frames.reduce(0) { $0 + Int64($1.decompressedSize) }
    }
}

extension SeekTable {
    static let skippableMagic: UInt32 = 0x184D_2A5E
    static let seekableMagic: UInt32 = 0x8F92_EAB1
    static let headerSize = 8
    static let entrySize = 12
    /// In bytes: the number of frames, the descriptor and the magic.
    static let footerSize = 9
    /// Entries have checksums; all other bits are reserved or unused.
    static let descriptor: UInt8 = 0x80

    /// How long a table with so many frames is, in bytes, header and footer included.
    static func size(frames: Int) -> Int {
        headerSize + frames * entrySize + footerSize
    }

    /// The start of a table: the skippable frame's magic and size.
    static func header(frames: Int) -> [UInt8] {
        bytes(skippableMagic) + bytes(UInt32(size(frames: frames) - headerSize))
    }

    /// The bytes of the skippable frame at the end of the file.
    package var encoded: [UInt8] {
        var encoded = Self.header(frames: frames.count)
        encoded.reserveCapacity(Self.size(frames: frames.count))
        for frame in frames {
            for number in [frame.compressedSize, frame.decompressedSize, frame.checksum] {
                encoded += Self.bytes(number)
            }
        }
        encoded += Self.bytes(UInt32(frames.count))
        encoded.append(Self.descriptor)
        encoded += Self.bytes(Self.seekableMagic)
        return encoded
    }

    /// Little-endian.
    private static func bytes(_ number: UInt32) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}
