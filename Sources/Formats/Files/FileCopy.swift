import SystemPackage

/// A copy of a file, for an account. Where the file system can share blocks, nothing is written.
package final class FileCopy {
    /// Whether the copy shares its blocks with the original.
    package let isShared: Bool
    private var output: NewFile?

    /// - Parameters:
    ///   - input: the original.
    ///   - target: must not exist.
    /// - Throws: `Errno`.
    package init(of input: FileDescriptor, at target: FilePath, owner: FileOwner) throws(Errno) {
        let output = try NewFile(target, owner: owner)
        isShared = output.shareBlocks(of: input)
        self.output = consume output
    }

    /// Adds the next bytes of the original.
    /// - Throws: `Errno`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        if !isShared { try output?.write(bytes) }
    }

    /// Says whether all went well; without it the copy is closed in silence.
    package func close() throws(Errno) { try output.take()?.close() }
}
