import Compression
import Files
import SystemPackage

/// Reads the files of a directory dump: the data of each entry, the listings of large objects, their contents.
struct DirectoryReader {
    let dump: Dump
    let contents: TableOfContents
    /// The data files that are read; nil reads all. Of the others only the names are looked at.
    let only: Set<String>?

    /// - Throws: ``ArchiveError`` where a file cannot be read, or a decoder gets no memory; what `progress` throws.
    func read(into inventory: SharedInventory, _ progress: (Int64) throws -> Void) throws {
        var files = DataFiles(DirectoryListing(dump.tree))
        let parts = try parts(of: &files, inventory)
        let listing = files.listing
        try SharedReading.run(parts.map { listing.sizes[$0.file.name] ?? 0 }, progress) { reading in
            let buffer = ReadingBuffer()
            while let part = reading.nextPart() {
                let thread = reading.rowsThread(of: part)
                try read(parts[part], from: listing, through: buffer, thread, into: inventory, at: part, reading.add)
            }
        }
        for name in files.unnamedFiles {
            inventory.add(name, "no entry of the table of contents names this file")
        }
    }

    /// A data file that is read.
    private struct Part {
        enum Data {
            case rows(ArchiveEntry)
            case object(UInt32)
        }

        let data: Data
        let file: DataFile
    }

    /// The data files that are read, in the order of the table of contents, and behind them large objects. Takes the listings of large
    /// objects, and notes the files that are missing.
    private func parts(of files: inout DataFiles, _ inventory: SharedInventory) throws(ArchiveError) -> [Part] {
        var parts: [Part] = []
        for entry in contents.entries {
            guard case .file(let name) = entry.data else { continue }
            if entry.kind == "BLOBS" {
                try readListing(of: entry, from: &files, into: inventory, at: parts.count)
                continue
            }
            guard let file = files.take(name) else {
                inventory.add(
                    at: parts.count, entry.subject,
                    "its data file, \(name) or the like with .gz, .lz4 or .zst, is missing")
                continue
            }
            if reads(file) { parts.append(Part(data: .rows(entry), file: file)) }
        }
        for (name, oid) in files.objects {
            guard let file = files.take(name) else { continue }
            if reads(file) {
                parts.append(Part(data: .object(oid), file: file))
            } else {
                inventory.with(at: parts.count) { $0.objects.add(oid, in: file.name, nil, &$0.flaws) }
            }
        }
        return parts
    }

    private func read(
        _ part: Part, from listing: DirectoryListing, through buffer: ReadingBuffer, _ thread: RowsThread?,
        into inventory: SharedInventory, at place: Int, _ tell: (Int64) throws -> Void
    ) throws {
        let file = part.file
        switch part.data {
        case .rows(let entry):
            try inventory.read(entry, in: file.name, at: place, beside: thread) { sink in
                try listing.read(file, through: buffer, into: sink, mayBeEmpty: false, tell)
            }
        case .object(let oid):
            let sink = LargeObjectData()
            // pg_dump starts a zstd or lz4 frame with the first byte of data, so the file of an empty large object has no
            // frame.
            let problem = try listing.read(
                file, through: buffer, into: sink, mayBeEmpty: file.compression != .gzip, tell)
            inventory.with(at: place) { inventory in
                if let problem { inventory.flaws.add("large object file \(file.name)", problem) }
                inventory.objects.add(oid, in: file.name, problem == nil ? sink.digest : nil, &inventory.flaws)
            }
        }
    }

    private func reads(_ file: DataFile) -> Bool { only?.contains(file.name) ?? true }

    /// The data files that are there.
    var parts: [DumpPart] {
        var files = DataFiles(DirectoryListing(dump.tree))
        func part(_ file: DataFile?, _ subject: String) -> DumpPart? {
            file.flatMap { file in
                dump.tree.file(FilePath(file.name)).map {
                    DumpPart(name: file.name, subject: subject, bytes: $0.state.size, state: $0.state)
                }
            }
        }
        let data = contents.entries.compactMap { entry -> DumpPart? in
            guard case .file(let name) = entry.data, entry.kind != "BLOBS" else { return nil }
            return part(files.take(name), entry.subject)
        }
        return data + files.objects.compactMap { name, _ in part(files.take(name), "large object file \(name)") }
    }

    private func readListing(
        of entry: ArchiveEntry, from files: inout DataFiles, into inventory: SharedInventory, at place: Int
    ) throws(ArchiveError) {
        let name = LargeObjectListing.name(for: entry, contents.header.version)
        guard files.takeListing(name) else {
            inventory.with(at: place) {
                $0.objects.lacksListing = true
                $0.flaws.add(entry.subject, "their listing, \(name), is missing")
            }
            return
        }
        let listing = LargeObjectListing(try files.listing.open(name).listing())
        inventory.with(at: place) { $0.objects.list(listing, in: name, &$0.flaws) }
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
    let listing: DirectoryListing
    private var sizes: [String: Int64]

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
    var unnamedFiles: [String] {
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
}

extension DirectoryListing {
    /// Reads a data file to its end.
    /// - Parameter tell: called with the bytes read since the last time.
    /// - Returns: why it could not be decoded; nil if it could.
    fileprivate func read(
        _ data: DataFile, through buffer: ReadingBuffer, into sink: any DataSink, mayBeEmpty: Bool,
        _ tell: (Int64) throws -> Void
    ) throws -> String? {
        let file = try open(data.name)
        if file.size == 0 { return mayBeEmpty ? nil : "it is empty" }
        var stream = try DumpStream(file, data.compression)
        var told: Int64 = 0
        do {
            while case let count = try stream.read(into: buffer.bytes), count > 0 {
                sink.take(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
                try tell(stream.compressedBytesRead - told)
                told = stream.compressedBytesRead
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
