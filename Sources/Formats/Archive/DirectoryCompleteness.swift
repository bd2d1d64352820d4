import Compression
import SystemPackage

/// Checks that every file of a directory dump exists and can be read to its end.
struct DirectoryCompleteness {
    private let dump: Dump

    init(_ dump: Dump) {
        self.dump = dump
    }

    func check(_ progress: (Int64) throws -> Void) throws -> [Incompleteness] {
        guard let contents = dump.contents else { return [] }
        let listing = DirectoryListing(dump.tree)
        var findings: [Incompleteness] = []
        var objects = LargeObjectCheck(contents, names: Array(listing.sizes.keys)) { name in
            DataFile(named: name, in: listing)?.name
        }
        var done: Int64 = 0
        for entry in contents.entries {
            guard case .file(let name) = entry.data else { continue }
            if entry.kind == "BLOBS" {
                let name = LargeObjectListing.name(for: entry, contents.header.version)
                guard listing.sizes[name] != nil else {
                    objects.lacksListing = true
                    findings.append(
                        Incompleteness(subject: entry.subject, problem: "their listing, \(name), is missing"))
                    continue
                }
                let file = try listing.open(name)
                objects.add(LargeObjectListing(try file.listing()), from: name)
                continue
            }
            guard let data = DataFile(named: name, in: listing) else {
                findings.append(
                    Incompleteness(
                        subject: entry.subject,
                        problem: "its data file, \(name) or the like with .gz, .lz4 or .zst, is missing"))
                continue
            }
            findings += try problem(of: data, in: listing, DataEnd(of: entry), &done, progress)
                .map { Incompleteness(subject: entry.subject, problem: "\(data.name): \($0)") }
        }
        objects.finish()
        findings += objects.findings
        for name in listing.sizes.keys.sorted() where LargeObjectListing.isContents(name) {
            guard let data = DataFile(existing: name) else { continue }
            findings += try problem(of: data, in: listing, nil, &done, progress)
                .map { Incompleteness(subject: "large object file \(name)", problem: $0) }
        }
        return findings
    }

    /// Reads a file to its end.
    ///
    /// - Parameter done: how many bytes of other files were read before; on return, the size of this file is added.
    /// - Returns: what is wrong with the file: no problem or one.
    private func problem(
        of data: DataFile, in listing: DirectoryListing, _ end: DataEnd?, _ done: inout Int64,
        _ progress: (Int64) throws -> Void
    ) throws -> [String] {
        let file = try listing.open(data.name)
        defer { done += file.size }
        if file.size == 0 {
            // pg_dump starts a zstd or lz4 frame with the first byte of data, so the file of an empty large object has
            // no frame.
            return end == nil && data.compression != .gzip ? [] : ["it is empty"]
        }
        var tail: [UInt8] = []
        var stream = try DumpStream(file, data.compression)
        do {
            while let chunk = try stream.read() {
                tail = (tail + chunk.suffix(DataEnd.size)).suffix(DataEnd.size)
                try progress(done + stream.compressedBytesRead)
            }
        } catch ArchiveError.undecodable(_, let problem) where problem != .outOfMemory(data.compression) {
            return ["\(problem)"]
        }
        return end?.problem(tail: tail, count: stream.bytesRead).map { [$0] } ?? []
    }
}

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
