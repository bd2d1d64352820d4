import Compression

/// A data file of a directory dump.
struct DataFile: Equatable {
    /// Its name in the directory, suffix included.
    let name: String
    /// The compression that the suffix names. `pg_restore` relies on the suffix too.
    let compression: CompressionAlgorithm

    /// Finds the file for a name from the table of contents or a listing, which leave out the suffix.
    ///
    /// The order is that of `pg_restore` (`InitDiscoverCompressFileHandle`). Nil where there is no such file.
    init?(named name: String, in listing: DirectoryListing) {
        let order: [CompressionAlgorithm] = [.none, .gzip, .lz4, .zstd]
        guard let compression = order.first(where: { listing.sizes[name + $0.fileSuffix] != nil }) else { return nil }
        self.name = name + compression.fileSuffix
        self.compression = compression
    }

    /// Describes a file that exists. Nil where its name does not end like the name of a data file.
    init?(existing name: String) {
        let order: [CompressionAlgorithm] = [.none, .gzip, .lz4, .zstd]
        guard let compression = order.first(where: { name.hasSuffix(".dat" + $0.fileSuffix) }) else { return nil }
        self.name = name
        self.compression = compression
    }
}
