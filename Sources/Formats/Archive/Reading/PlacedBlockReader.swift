/// Reads blocks of which the table of contents says where they are, several at the same time.
struct PlacedBlockReader {
    let file: InputFile
    let contents: TableOfContents
    /// The blocks that are read; nil reads all.
    let only: Set<String>?

    private struct IsElsewhere: Error {}

    /// - Returns: false if all blocks were to be read, and a block cannot be read at the place that the table of contents names, or
    ///   the blocks do not begin where it ends. Then the caller must forget what was added to the inventory.
    /// - Throws: as ``BlockReader/read(into:_:)``.
    func read(
        _ placed: PlacedBlocks, into inventory: SharedInventory, _ progress: (Int64) throws -> Void
    ) throws -> Bool {
        guard only != nil || placed.all.first?.range.lowerBound == contents.end else { return false }
        let blocks = placed.all.filter { only?.contains($0.name) ?? true }
        do {
            try SharedReading.run(
                blocks.map { Int64($0.range.count) }, inOrder: !file.isReadAnywhere, progress
            ) { reading in
                var cursor = DataBlocks(file, contents)
                while let part = reading.nextPart() {
                    let block = blocks[part]
                    cursor.move(to: block.range)
                    var told = block.range.lowerBound
                    let problem = try read(block, &cursor, reading.rowsThread(of: part), into: inventory, at: part) {
                        try reading.add($0 - told)
                        told = $0
                    }
                    if let problem {
                        guard only != nil else { throw IsElsewhere() }
                        inventory.add(at: part, block.entry.subject, problem)
                    }
                    try reading.add(block.range.upperBound - told)
                }
            }
            return true
        } catch is IsElsewhere {
            return false
        }
    }

    /// - Returns: why the block is not what lies there; nil if it is.
    private func read(
        _ block: PlacedBlocks.Block, _ cursor: inout DataBlocks, _ thread: RowsThread?, into inventory: SharedInventory,
        at place: Int, _ progress: (Int64) throws -> Void
    ) throws -> String? {
        do {
            try cursor.read(into: inventory, at: place, beside: thread, progress)
            guard cursor.entry?.dumpID == block.entry.dumpID, try !cursor.goesOn() else {
                return "its data block does not end where the next one begins"
            }
            return nil
        } catch let error as ArchiveError {
            return try error.flaw
        }
    }
}
