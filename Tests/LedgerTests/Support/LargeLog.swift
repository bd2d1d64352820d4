import Evidence
import Foundation
import SystemPackage

@testable import Ledger

/// A log of many entries, as it is after all of them were appended, made at once. Partial tiles of full ones are not in it: tlog-tiles
/// lets anybody remove them.
struct LargeLog {
    let size: Int64
    let key: SigningKey
    private let origin = "pgassay-ledger/large"
    private let leaves: [TreeHash]
    private let tree: AuditedTree

    init(_ size: Int64, _ key: SigningKey) {
        self.size = size
        self.key = key
        leaves = (0..<size).map { TreeHash.leaf(Self.entry($0)) }
        tree = AuditedTree(origin: origin, leaves: leaves)
    }

    /// As large as that of a dump. It is put together by hand, because a million of them are.
    private static func entry(_ index: Int64) -> [UInt8] {
        let number = String(1_000_000_000_000 + index)
        let digest = String(repeating: "0", count: 51) + number
        return Array(
            #"{"backup":{"sha256":"\#(digest)"},"envelope":"\#(digest)","file":"shop-\#(number).dump.manifest.json","kind":"captured","time":"2027-01-15T08:00:00.000Z"}"#
                .utf8)
    }

    /// Writes what an entry more needs, or all that a log of this size has.
    func write(to directory: FilePath, whole: Bool) async throws {
        for tile in whole ? all : needed { try write(tile, to: directory) }
        for size in whole ? 1...size : size...size {
            let note = try await key.note(checkpoint(size).text, name: origin)
            try write(LogFiles.checkpoint(of: size), note.encoded, to: directory)
            if size == self.size { try write(LogFiles.checkpoint, note.encoded, to: directory) }
        }
        let first = (size - 1) / Int64(Tile.fullWidth) * Int64(Tile.fullWidth)
        let head = LogHead(checkpoint: checkpoint(size), entries: (first..<size).map(Self.entry))
        try write(LogHead.name, try await key.note(head.text, name: origin).encoded, to: directory)
    }

    private func checkpoint(_ size: Int64) -> Checkpoint {
        Checkpoint(origin: origin, size: size, root: tree.roots[Int(size)])
    }

    /// Full tiles, and of each level those that were the last one before it is full.
    private var all: Set<Tile> {
        var tiles = Set(Tile.all(ofTreeOf: size))
        for last in Tile.last(ofTreeOf: size) where !last.isFull {
            for width in 1..<last.width { tiles.insert(Tile(last.content, last.number, width: width)) }
        }
        return tiles
    }

    /// The last tiles, and those that were the last when the newest bundle began.
    private var needed: Set<Tile> {
        let full = (size - 1) / Int64(Tile.fullWidth) * Int64(Tile.fullWidth)
        return Set(Tile.last(ofTreeOf: size)).union(Tile.last(ofTreeOf: full))
    }

    private func write(_ tile: Tile, to directory: FilePath) throws {
        switch tile.content {
        case .entries:
            let bundle = (tile.first..<tile.first + Int64(tile.width)).map(Self.entry)
            try write(tile.path, EntryBundle.encode(bundle), to: directory)
        case .hashes: try write(tile.path, tree.hashes(of: tile)!, to: directory)
        }
    }

    /// Not synchronised with the disk: a test that stops throws it away.
    private func write(_ name: String, _ bytes: [UInt8], to directory: FilePath) throws {
        let file = directory.pushing(FilePath(name))
        let above = file.removingLastComponent().string
        if !FileManager.default.fileExists(atPath: above) {
            try FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
        }
        try Data(bytes).write(to: URL(filePath: file.string))
    }
}
