import Compression
import Testing

/// What the strict reader says of a file that is not what was written.
@Suite struct SeekableDamageTests {
    @Test func everyTruncationIsNoticed() throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 800)
        let starts = file.table.frames.indices.map { file.table.range(ofFrame: $0).lowerBound }
        for cut in 0..<file.bytes.count {
            let index = starts.lastIndex { $0 <= cut } ?? 0
            let complete = Int64(cut) >= file.table.framesEnd
            let error: SeekableZstdError =
                complete || starts.contains(Int64(cut))
                ? .truncated(frames: complete ? starts.count : index, bytes: Int64(cut))
                : .frame(index, offset: starts[index], .undecodable(.truncated(.zstd)))
            #expect(throws: error, "cut to \(cut) bytes") { try decodeSeekable(Array(file.bytes[..<cut])) }
        }
    }

    /// Every bit of every byte, and whole bytes. Some bits mean nothing to any decoder (a larger window, the padding of an
    /// entropy table): then what comes out is what was written, and the reader does not say otherwise.
    @Test func noFlipChangesWhatComesOut() throws {
        let file = try SeekableFile(sampleText(2000), frameSize: 700)
        let masks: [UInt8] = (0..<8).map { 1 << $0 } + [0xFF]
        var unnoticed = 0
        for position in file.bytes.indices {
            let frame = file.table.frames.indices.first { file.table.range(ofFrame: $0).contains(Int64(position)) }
            for mask in masks {
                let comment: Comment = "position \(position), mask \(mask)"
                var flipped = file.bytes
                flipped[position] ^= mask
                do {
                    #expect(try decodeSeekable(flipped).contents == file.contents, comment)
                    unnoticed += 1
                    #expect(frame != nil, "no bit of the seek table means nothing: \(comment)")
                } catch let error as SeekableZstdError {
                    guard let frame else { continue }
                    if case .frame(let named, _, _) = error { #expect(named == frame, comment) }
                }
            }
        }
        #expect(unnoticed < file.bytes.count * masks.count / 50)
    }

    @Test(arguments: [1, 5, .max]) func whatFollowsTheTableIsNoticed(size: Int) throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 800)
        let end = Int64(file.bytes.count)
        for more: [UInt8] in [[0], Array("garbage".utf8), file.bytes, file.table.encoded] {
            #expect(throws: SeekableZstdError.trailingBytes(offset: end)) {
                try decodeSeekable(file.bytes + more, by: size)
            }
        }
    }

    @Test(arguments: [1, 5, .max]) func whatStandsBetweenFramesIsNoticed(size: Int) throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 800)
        let start = Int(file.table.range(ofFrame: 2).lowerBound)
        for (inserted, error) in [
            ([0x00], SeekableZstdError.noFrame(offset: Int64(start), frames: 2)),
            (Array("--".utf8), .noFrame(offset: Int64(start), frames: 2)),
            // Skippable frames, which other decoders pass over.
            ([0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9], .noFrame(offset: Int64(start), frames: 2)),
            ([0x5E, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9], .table(.inconsistent(frames: 2))),
            ([0x28, 0xB5, 0x2F], .frame(2, offset: Int64(start), .noMagic)),
        ] {
            let bytes = file.bytes[..<start] + inserted + file.bytes[start...]
            #expect(throws: error) { try decodeSeekable(Array(bytes), by: size) }
        }
        #expect(throws: SeekableZstdError.noFrame(offset: 0, frames: 0)) {
            try decodeSeekable(Array("id,message\n".utf8), by: size)
        }
    }

    /// Each frame is in order; what the table says of them is not.
    @Test func framesThatWereSwappedRemovedOrRepeatedAreNoticed() throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 800)
        let frames = file.table.frames
        let parts = frames.indices.map { index in
            let range = file.table.range(ofFrame: index)
            return Array(file.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
        let swapped = parts[0] + parts[2] + parts[1] + parts[3] + file.table.encoded
        #expect(
            throws: SeekableZstdError.frame(
                1, offset: Int64(parts[0].count), .differs(table: frames[1], found: frames[2]))
        ) { try decodeSeekable(swapped) }
        #expect(throws: SeekableZstdError.table(.inconsistent(frames: 3))) {
            try decodeSeekable(parts[0] + parts[1] + parts[2] + file.table.encoded)
        }
        #expect(throws: SeekableZstdError.table(.inconsistent(frames: 5))) {
            try decodeSeekable(parts[0] + parts[0] + parts[1] + parts[2] + parts[3] + file.table.encoded)
        }
    }

    /// Files that `zstd -t` passes.
    @Test func framesThatNoExportWritesAreRefused() throws {
        let text = sampleText(1000)
        let table = try SeekableFile(text).table.encoded
        for (command, error) in [
            ("zstd -cq --no-check", FrameError.noChecksum),
            ("zstd --ultra --long=28 -cq", .undecodable(.windowTooLarge(.zstd))),
            // A frame whose header names a dictionary, or has the unused or the reserved bit set.
            ("zstd -cq | perl -0777 -pe 'substr($_, 4, 1) |= chr 1'", .unknownHeader),
            ("zstd -cq | perl -0777 -pe 'substr($_, 4, 1) |= chr 8'", .unknownHeader),
            ("zstd -cq | perl -0777 -pe 'substr($_, 4, 1) |= chr 16'", .unknownHeader),
        ] {
            let frame = try shell(command, text)
            for size in [1, 5, .max] {
                #expect(throws: SeekableZstdError.frame(0, offset: 0, error), "\(command)") {
                    try decodeSeekable(frame + table, by: size)
                }
            }
        }
        // In order, but without a table, as the tool writes it.
        let bytes = try shell("zstd -cq", text)
        #expect(throws: SeekableZstdError.truncated(frames: 1, bytes: Int64(bytes.count))) {
            try decodeSeekable(bytes)
        }
    }

    @Test func entriesThatLieAreNoticed() throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 800)
        let body = file.bytes[..<Int(file.table.framesEnd)]
        for change: @Sendable (inout SeekTable.Frame) -> Void in [
            { $0.compressedSize += 1 }, { $0.decompressedSize -= 1 }, { $0.checksum ^= 0x8000_0000 },
        ] {
            var frames = file.table.frames
            change(&frames[3])
            let error = FrameError.differs(table: frames[3], found: file.table.frames[3])
            #expect(throws: SeekableZstdError.frame(3, offset: file.table.range(ofFrame: 3).lowerBound, error)) {
                try decodeSeekable(body + SeekTable(frames).encoded)
            }
        }
    }
}
