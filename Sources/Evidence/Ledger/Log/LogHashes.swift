/// The hashes of a tree of a log: those of its complete bundles come from the tiles, those behind them from the entries themselves.
struct LogHashes {
    let files: LogFiles
    let size: Int64
    /// How many entries have their hashes in tiles of a tree of this size.
    private let tiled: Int64
    /// Of the entries behind them.
    private let leaves: [TreeHash]
    private var tiles: [Tile: [TreeHash]] = [:]

    /// All from tiles.
    init(_ files: LogFiles, size: Int64) {
        self.init(files, tiled: size, leaves: [])
    }

    /// Of the tree of a head.
    init(_ files: LogFiles, _ head: LogHead) {
        self.init(files, tiled: head.firstEntry, leaves: head.entries.map(TreeHash.leaf))
    }

    init(_ files: LogFiles, tiled: Int64, leaves: [TreeHash]) {
        self.files = files
        self.tiled = tiled
        self.leaves = leaves
        size = tiled + Int64(leaves.count)
    }

    /// The same tree with one entry more.
    func adding(_ leaf: TreeHash) -> LogHashes {
        var more = LogHashes(files, tiled: tiled, leaves: leaves + [leaf])
        more.tiles = tiles
        return more
    }

    // MARK: Hashes

    /// - Precondition: the tree has the range.
    mutating func hash(of range: TreeRange) async throws(LedgerError) -> TreeHash {
        var hash: TreeHash?
        for subtree in range.subtrees.reversed() {
            let left = try await self.hash(of: subtree)
            hash = hash.map { .node(left, $0) } ?? left
        }
        return hash ?? .empty
    }

    mutating func root() async throws(LedgerError) -> TreeHash { try await hash(of: TreeRange(0, size)) }

    mutating func hashes(of path: [TreeRange]) async throws(LedgerError) -> [TreeHash] {
        var hashes: [TreeHash] = []
        for range in path { hashes.append(try await hash(of: range)) }
        return hashes
    }

    private mutating func hash(of subtree: TreeRange.Subtree) async throws(LedgerError) -> TreeHash {
        if (subtree.index + 1) << Int64(subtree.level) <= tiled { return try await tiledHash(of: subtree) }
        if subtree.level == 0 { return leaves[Int(subtree.index - tiled)] }
        let (left, right) = (
            TreeRange.Subtree(level: subtree.level - 1, index: subtree.index * 2),
            TreeRange.Subtree(level: subtree.level - 1, index: subtree.index * 2 + 1)
        )
        return .node(try await hash(of: left), try await hash(of: right))
    }

    private mutating func tiledHash(of subtree: TreeRange.Subtree) async throws(LedgerError) -> TreeHash {
        let (level, above) = subtree.level.quotientAndRemainder(dividingBy: Tile.height)
        let first = subtree.index << Int64(above)
        let tile = Tile.holding(first, at: level, inTreeOf: tiled)
        let known: [TreeHash]
        if let read = tiles[tile] {
            known = read
        } else {
            known = try await files.hashes(of: tile)
            tiles[tile] = known
        }
        let begin = Int(first - tile.first)
        var row = Array(known[begin..<begin + 1 << above])
        while row.count > 1 { row = stride(from: 0, to: row.count, by: 2).map { .node(row[$0], row[$0 + 1]) } }
        return row[0]
    }

    /// The hashes of a tile of this tree, as it is written.
    mutating func contents(of tile: Tile) async throws(LedgerError) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in tile.first..<tile.first + Int64(tile.width) {
            let subtree = TreeRange.Subtree(level: tile.content.level * Tile.height, index: index)
            bytes += try await hash(of: subtree).bytes
        }
        return bytes
    }
}
