/// What is done with a file while a ``FilePass`` reads it.
package struct FileVisit<Result> {
    /// Bytes of a piece: a whole number of pages and of blocks, at most ``FilePass/largestPiece``. Only the last piece is shorter.
    ///
    /// What reads a piece after another finds it in the processor's cache.
    package var pieceSize = 256 << 10
    /// Is given each piece, from the beginning to the end of the file.
    let add: (UnsafeRawBufferPointer) throws -> Void
    /// Is given the SHA-256 of the file, 32 bytes, before ``finish`` is called; nil where nobody needs it.
    let sha256: (([UInt8]) -> Void)?
    /// Is called after the last piece.
    let finish: () throws -> Result

    package init(
        add: @escaping (UnsafeRawBufferPointer) throws -> Void, sha256: (([UInt8]) -> Void)?,
        finish: @escaping () throws -> Result
    ) {
        self.add = add
        self.sha256 = sha256
        self.finish = finish
    }
}
