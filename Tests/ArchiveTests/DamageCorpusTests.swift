import Bytes
import Foundation
import TestSupport
import Testing

@testable import Archive

/// A small archive, cut at every byte and changed at every byte: nothing may crash, and what the format can show must be
/// shown.
@Suite(.keepsItsThread) struct DamageCorpusTests {
    static let cases: [ArchiveCase] = [Installation.all.first!, Installation.all.last!].flatMap { installation in
        ArchiveCase.all.filter { $0.installation == installation && $0.format != .directory }
    }

    /// What a whole dump holds, for comparison.
    private struct Held: Equatable {
        let entries: [ArchiveEntry]
        let tables: [TableContents]
        let objects: [UInt32: Int64]
        let hashes: [UInt32: [UInt64]]

        /// - Returns: nil if the dump has a flaw or cannot be read.
        init?(_ path: String) throws {
            do {
                let dump = try Dump.open(path)
                let reading = try dump.read()
                guard reading.flaws.isEmpty else { return nil }
                entries = dump.contents?.entries ?? []
                tables = reading.tables
                objects = reading.largeObjects.byOID.mapValues(\.count)
                hashes = reading.largeObjects.byOID.mapValues { [$0.low, $0.high] }
            } catch is ArchiveError {
                return nil
            }
        }
    }

    @Test(arguments: cases) func everyCutIsNamed(_ archive: ArchiveCase) throws {
        let bytes = try read(Corpus.dump(archive.installation, archive.options, database: "small"))
        try withTemporaryDirectory { directory in
            let path = "\(directory)/cut"
            for cut in stride(from: 0, to: bytes.count, by: 1) where Self.isLookedAt(cut, of: bytes.count) {
                try write(Array(bytes[..<cut]), to: path)
                #expect(try Held(path) == nil, "cut to \(cut) of \(bytes.count)")
            }
            try write(bytes + [0], to: path)
            // A tar file ends in zeros, and zeros may fill a block of a tape.
            if archive.format == .tar || (bytes.count + 1).isMultiple(of: 512) {
                #expect(try Held(path) != nil, "a byte 0 behind the end")
            } else {
                #expect(try Held(path) == nil, "a byte 0 behind the end")
            }
            if archive.format == .custom {
                let padding = Array(repeating: UInt8(0), count: 1024 - bytes.count % 512)
                try write(bytes + padding, to: path)
                #expect(try Held(path) == Held(Corpus.dump(archive.installation, archive.options, database: "small")))
                try write(bytes + padding.dropLast() + [1], to: path)
                #expect(try Held(path) == nil, "zeros and a byte 1 behind the end")
            }
            try write(bytes + [1], to: path)
            #expect(try Held(path) == nil, "a byte 1 behind the end")
        }
    }

    /// A changed byte is named, or what is read differs. What no reader can see is listed.
    @Test(arguments: cases) func everyChangedByteIsSeen(_ archive: ArchiveCase) throws {
        let original = try Corpus.dump(archive.installation, archive.options, database: "small")
        let bytes = try read(original)
        let whole = try #require(try Held(original))
        let contents = try #require(try Dump.open(original).contents)
        let data = archive.format == .custom ? Int(contents.end)..<bytes.count : 0..<0
        var unseen: [Int] = []
        try withTemporaryDirectory { directory in
            let path = "\(directory)/changed"
            for index in bytes.indices where data.contains(index) || Self.isLookedAt(index, of: bytes.count) {
                var changed = bytes
                changed[index] ^= index % 2 == 0 ? 1 : 0x40
                try write(changed, to: path)
                if try Held(path) == whole { unseen.append(index) }
            }
        }
        // The time of the dump, its database and versions, statements to drop objects, and restore.sql say nothing of the
        // data. In the blocks, everything does, but for bits of a compressed stream that no decoder looks at.
        let allowed = archive.compression == .lz4 || archive.compression == .zstd ? 12 : 3
        #expect(
            unseen.filter(data.contains).count <= allowed, "\(unseen.filter(data.contains)) from \(data.lowerBound)")
    }

    /// Every byte at both ends, and some of those between.
    private static func isLookedAt(_ index: Int, of count: Int) -> Bool {
        index < 150 || index > count - 1500 || index % 11 == 0
    }
}
