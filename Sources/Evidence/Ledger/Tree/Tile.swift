/// A file of a log with the hashes of one part of the tree, or with its entries (C2SP tlog-tiles).
package struct Tile: Hashable, Sendable {
    /// Hashes or entries of a full tile.
    package static let fullWidth = 256
    /// Levels of the tree that a tile stands for.
    package static let height = 8
    /// Of tiles; more than any log has.
    static let levels = 0...63

    /// What a tile holds.
    package enum Content: Hashable, Sendable {
        /// Hashes of subtrees with 256 to the power of the level entries each.
        case hashes(level: Int)
        case entries

        var level: Int { if case .hashes(let level) = self { level } else { 0 } }
    }

    package let content: Content
    /// How many full tiles of its level are before it.
    package let number: Int64
    /// How many hashes or entries it has: 1 to 256.
    package let width: Int

    package init(_ content: Content, _ number: Int64, width: Int = fullWidth) {
        self.content = content
        self.number = number
        self.width = width
    }

    package var isFull: Bool { width == Self.fullWidth }
    /// The same place with all that it can hold.
    package var full: Tile { Tile(content, number) }
    /// Of its first hash or entry, within its level.
    package var first: Int64 { number * Int64(Self.fullWidth) }

    /// The name of its file in the log: `tile/0/x001/x234/067.p/5`.
    package var path: String {
        var (rest, parts) = (number, [Self.padded(number % 1000)])
        while rest >= 1000 {
            rest /= 1000
            parts.insert("x" + Self.padded(rest % 1000), at: 0)
        }
        let folder = if case .hashes(let level) = content { "\(level)" } else { "entries" }
        return "\(Self.folder)/\(folder)/" + parts.joined(separator: "/") + (isFull ? "" : ".p/\(width)")
    }

    static let folder = "tile"

    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// - Returns: nil for a path that no tile has.
    package init?(path: String) {
        // By hand: to verify a log of a million entries reads a hundred thousand names, and a regular expression is parsed each time.
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst() == Self.folder else { return nil }
        let folder = parts.removeFirst()
        let level = Int(folder).flatMap { Self.levels.contains($0) ? Content.hashes(level: $0) : nil }
        guard let content = folder == "entries" ? .entries : level else { return nil }
        var width = Self.fullWidth
        if parts.count > 1, parts[parts.count - 2].hasSuffix(".p") {
            guard let said = Int(parts.removeLast()), 1..<Self.fullWidth ~= said else { return nil }
            width = said
            parts[parts.count - 1].removeLast(2)
        }
        var number: Int64 = 0
        // Six at most: 18 digits.
        guard parts.count <= 6 else { return nil }
        for part in parts {
            guard let digits = Int64(part.hasPrefix("x") ? part.dropFirst() : part), 0...999 ~= digits else {
                return nil
            }
            number = number * 1000 + digits
        }
        self.init(content, number, width: width)
        // Signs, zeros and x that no name of a tile has.
        guard self.path == path else { return nil }
    }

    // MARK: Of a tree

    /// How many hashes, or entries, a tree of this size has on the tiles of a level.
    static func count(at level: Int, inTreeOf size: Int64) -> Int64 {
        level * height >= Int64.bitWidth ? 0 : size >> Int64(level * height)
    }

    /// The tile that has a hash of a level, in a tree of this size.
    static func holding(_ index: Int64, at level: Int, inTreeOf size: Int64) -> Tile {
        let number = index / Int64(fullWidth)
        let width = min(Int64(fullWidth), count(at: level, inTreeOf: size) - number * Int64(fullWidth))
        return Tile(.hashes(level: level), number, width: Int(width))
    }

    /// The last tile of each level, and the last entries: those that a tree of this size must have besides full ones.
    /// - Precondition: the tree is not empty.
    package static func last(ofTreeOf size: Int64) -> [Tile] {
        var tiles: [Tile] = []
        for level in levels {
            let count = count(at: level, inTreeOf: size)
            if count == 0 { break }
            let tile = holding(count - 1, at: level, inTreeOf: size)
            if level == 0 { tiles.append(Tile(.entries, tile.number, width: tile.width)) }
            tiles.append(tile)
        }
        return tiles
    }

    /// What the last entry has added to the tiles of the tree before it: the entries, and each level whose last tile has grown.
    static func grown(inTreeOf size: Int64) -> [Tile] {
        last(ofTreeOf: size).filter { tile in
            let level = tile.content.level
            return count(at: level, inTreeOf: size) > count(at: level, inTreeOf: size - 1)
        }
    }
}
