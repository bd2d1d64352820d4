import Compression
import SystemPackage

/// Reads the files of a directory dump: the data of each entry, the listings of large objects, their contents.
struct DirectoryReader {
    let dump: Dump
    let contents: TableOfContents

    /// - Throws: ``ArchiveError`` where a file cannot be read, or a decoder gets no memory; what `progress` throws.
    func read(into inventory: inout DataInventory, _ progress: (Int64) throws -> Void) throws {
        var files = DataFiles(DirectoryListing(dump.tree))
        for entry in contents.entries {
            guard case .file(let name) = entry.data else { continue }
            if entry.kind == "BLOBS" {
                try readListing(of: entry, from: &files, into: &inventory)
                continue
            }
            guard let file = files.take(name) else {
                inventory.flaws.add(
                    entry.subject, "its data file, \(name) or the like with .gz, .lz4 or .zst, is missing")
                continue
            }
            let sink = inventory.sink(for: entry)
            let problem = try files.read(file, into: sink, mayBeEmpty: false, progress)
            inventory.close(sink, of: entry, in: file.name, problem: problem)
        }
        for (name, oid) in files.objects {
            guard let file = files.take(name) else { continue }
            let sink = LargeObjectData()
            // pg_dump starts a zstd or lz4 frame with the first byte of data, so the file of an empty large object has no
            // frame.
            let problem = try files.read(file, into: sink, mayBeEmpty: file.compression != .gzip, progress)
            if let problem { inventory.flaws.add("large object file \(file.name)", problem) }
            inventory.objects.add(oid, in: file.name, problem == nil ? sink.digest : nil, &inventory.flaws)
        }
        for name in files.strangers {
            inventory.flaws.add(name, "no entry of the table of contents names this file")
        }
    }

    private func readListing(
        of entry: ArchiveEntry, from files: inout DataFiles, into inventory: inout DataInventory
    ) throws(ArchiveError) {
        let name = LargeObjectListing.name(for: entry, contents.header.version)
        guard files.takeListing(name) else {
            inventory.objects.lacksListing = true
            inventory.flaws.add(entry.subject, "their listing, \(name), is missing")
            return
        }
        let file = try files.open(name)
        inventory.objects.list(LargeObjectListing(try file.listing()), in: name, &inventory.flaws)
    }
}

/// A data file of a directory dump.
struct DataFile: Equatable {
    /// Its name in the directory, suffix included.
    let name: String
    /// The compression that the suffix names. `pg_restore` relies on the suffix too.
    let compression: CompressionAlgorithm
}

/// The files of a directory dump that nothing has named yet.
private struct DataFiles {
    private let listing: DirectoryListing
    private var sizes: [String: Int64]
    /// Bytes of the files that were read.
    private var done: Int64 = 0
    private let buffer = ReadingBuffer()

    init(_ listing: DirectoryListing) {
        self.listing = listing
        sizes = listing.sizes
        sizes["toc.dat"] = nil
    }

    /// The order is that of `pg_restore` (`InitDiscoverCompressFileHandle`).
    private static let order: [CompressionAlgorithm] = [.none, .gzip, .lz4, .zstd]

    /// Finds the file for a name from the table of contents or a listing, which leave out the suffix.
    /// - Returns: nil where there is none.
    mutating func take(_ name: String) -> DataFile? {
        guard let compression = Self.order.first(where: { sizes[name + $0.fileSuffix] != nil }) else { return nil }
        let file = DataFile(name: name + compression.fileSuffix, compression: compression)
        sizes[file.name] = nil
        return file
    }

    mutating func takeListing(_ name: String) -> Bool { sizes.removeValue(forKey: name) != nil }

    /// The large objects whose contents are there, by the names of their files without the suffix, sorted.
    var objects: [(name: String, oid: UInt32)] {
        let names = Set(sizes.keys.map(Self.withoutSuffix))
        return names.compactMap { name in LargeObjectListing.object(ofFile: name).map { (name, $0) } }
            .sorted { $0.oid < $1.oid }
    }

    /// Files that look like `pg_dump`'s, sorted. People keep other files beside a dump, such as a list of checksums; macOS keeps
    /// what it knows of a file under the file's name with `._` in front.
    var strangers: [String] {
        sizes.keys.filter { name in
            if name.hasPrefix("._") { return false }
            let name = Self.withoutSuffix(name)
            return name.hasSuffix(".dat") || name.hasPrefix("blob") && name.hasSuffix(".toc")
        }.sorted()
    }

    private static func withoutSuffix(_ name: String) -> String {
        order.dropFirst().first { name.hasSuffix($0.fileSuffix) }.map { String(name.dropLast($0.fileSuffix.count)) }
            ?? name
    }

    /// - Throws: as ``DirectoryListing/open(_:)``.
    func open(_ name: String) throws(ArchiveError) -> InputFile { try listing.open(name) }

    /// Reads a file to its end.
    /// - Returns: why it could not be decoded; nil if it could.
    mutating func read(
        _ data: DataFile, into sink: any DataSink, mayBeEmpty: Bool, _ progress: (Int64) throws -> Void
    ) throws -> String? {
        let file = try open(data.name)
        defer { done += file.size }
        if file.size == 0 { return mayBeEmpty ? nil : "it is empty" }
        var stream = try DumpStream(file, data.compression)
        do {
            while case let count = try stream.read(into: buffer.bytes), count > 0 {
                sink.take(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
                try progress(done + stream.compressedBytesRead)
            }
        } catch ArchiveError.undecodable(_, let problem) where problem != .outOfMemory(data.compression) {
            return "\(problem)"
        }
        return nil
    }
}

/// The memory that data is decoded into, for one file after the other.
final class ReadingBuffer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: DumpStream.chunkSize, alignment: 64)

    deinit { bytes.deallocate() }
}
