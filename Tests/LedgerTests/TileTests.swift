import Testing

@testable import Ledger

@Suite struct TileTests {
    @Test(arguments: [
        (Tile(.hashes(level: 0), 0), "tile/0/000"), (Tile(.hashes(level: 0), 999, width: 1), "tile/0/999.p/1"),
        (Tile(.hashes(level: 1), 1_234_067), "tile/1/x001/x234/067"),
        (Tile(.entries, 1000, width: 255), "tile/entries/x001/000.p/255"), (Tile(.hashes(level: 63), 5), "tile/63/005"),
    ])
    func haveTheirPaths(_ tile: Tile, _ path: String) {
        #expect(tile.path == path)
        #expect(Tile(path: path) == tile)
    }

    @Test(arguments: [
        "tile/0/0", "tile/0/x000/001", "tile/00/000", "tile/64/000", "tile/0/000.p/256", "tile/0/000.p/0",
        "tile/0/000.p/01", "tile/entry/000", "tile/0/1234", "tile/0/x001/x002", "tile/0/001/002", "tile/-1/000",
        "tile/0/000/", "xtile/0/000", "tile/0/٠٠٠", "tile/0/-12", "tile/0/+12", "tile/0/x-01/000", "tile/+1/000",
        "tile/-0/000",
        "tile/0/000.p/+1", "tile/0/000.p/-1", "tile/0/000.p", "tile/0/.p/1", "tile/0", "tile/0/", "tile/entries",
        "/0/000", "",
        "tile/0/x001/x001/x001/x001/x001/x001/001", "tile/0/x9/000", "tile/0/xx01/000", "tile/0/000.p/1/2",
    ])
    func noOtherPathIsOfATile(_ path: String) { #expect(Tile(path: path) == nil) }

    @Test("The last tiles of trees are those of the specification's arithmetic")
    func lastOnes() {
        func paths(_ size: Int64) -> [String] { Tile.last(ofTreeOf: size).map(\.path) }
        #expect(paths(1) == ["tile/entries/000.p/1", "tile/0/000.p/1"])
        #expect(paths(256) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"])
        #expect(paths(257) == ["tile/entries/001.p/1", "tile/0/001.p/1", "tile/1/000.p/1"])
        #expect(
            paths(70_000)
                == ["tile/entries/273.p/112", "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
        #expect(Tile.grown(inTreeOf: 70_000).map(\.path) == ["tile/entries/273.p/112", "tile/0/273.p/112"])
        #expect(
            Tile.grown(inTreeOf: 65_536).map(\.path)
                == ["tile/entries/255", "tile/0/255", "tile/1/000", "tile/2/000.p/1"])
        #expect(Tile.last(ofTreeOf: .max).count == 9)
    }

    @Test func bundlesAreReadAsTheyWereWritten() {
        let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 2, count: 65_535)]
        let bytes = EntryBundle.encode(entries)
        #expect(bytes.count == 3 * 2 + 65_536)
        #expect(EntryBundle.decode(bytes) == entries)
        #expect(EntryBundle.decode([]) == [])
        for count in [1, 2, 4, bytes.count - 1] {
            let cut = EntryBundle.decode(Array(bytes.prefix(count)))
            #expect(count == 2 ? cut == [[]] : cut == nil)
        }
    }
}
