import SystemPackage

/// Reads the members of a tar dump, in the order in which they lie in the file. `pg_dump` writes `toc.dat`, the data of
/// each entry, the large objects and behind them their listing, and a script (`restore.sql`) that no restore reads.
struct TarReader {
    let dump: Dump
    let contents: TableOfContents

    /// - Throws: ``ArchiveError`` where the file cannot be read; what `progress` throws.
    func read(into inventory: SharedInventory, _ progress: (Int64) throws -> Void) throws {
        var members = Members(contents)
        do {
            var stream = try TarStream(dump.archive)
            while let member = try stream.next() {
                try members.read(member, from: &stream, into: inventory)
                try progress(stream.compressedBytesRead)
            }
            if stream.zerosAtEnd < 1024 {
                inventory.add(dump.name, "the two blocks of zeros that end a tar file are cut off")
            }
        } catch let error as ArchiveError {
            // A member that is cut off is not there.
            inventory.add(dump.name, try error.flaw)
        }
        for entry in inventory.with(\.missing) {
            guard case .file(let name) = entry.data else { continue }
            if entry.kind == "BLOBS" {
                inventory.with { $0.objects.lacksListing = true }
                let listing = LargeObjectListing.name(for: entry, contents.header.version)
                inventory.add(entry.subject, "their listing, the member \(listing), is missing")
            } else {
                inventory.add(entry.subject, "its data, the member \(name), is missing")
            }
        }
    }
}

/// What the members of a tar dump are for.
private struct Members {
    private enum Use {
        case data(ArchiveEntry)
        case listing(ArchiveEntry)
        case object(UInt32)
        case other
    }

    private var uses: [String: Use] = ["toc.dat": .other, "restore.sql": .other]
    private var seen: Set<String> = []
    private let buffer = ReadingBuffer()
    private let thread = RowsThread()

    init(_ contents: TableOfContents) {
        for entry in contents.entries {
            guard case .file(let name) = entry.data else { continue }
            if entry.kind == "BLOBS" {
                uses[LargeObjectListing.name(for: entry, contents.header.version)] = .listing(entry)
            } else {
                uses[name] = .data(entry)
            }
        }
    }

    mutating func read(
        _ member: TarHeader, from stream: inout TarStream, into inventory: SharedInventory
    ) throws {
        let use = uses[member.name] ?? LargeObjectListing.object(ofFile: member.name).map(Use.object)
        guard let use, member.kind == .file else {
            return inventory.add(member.name, "no entry of the table of contents names this member")
        }
        if case .object = use {
        } else if !seen.insert(member.name).inserted {
            inventory.add(member.name, "the member is there twice")
        }
        switch use {
        case .data(let entry):
            try inventory.read(entry, in: member.name, beside: thread) { sink in
                try read(&stream, into: sink)
                return nil
            }
            _ = inventory.with { $0.meet(entry) }
        case .listing(let entry):
            let bytes = try listing(&stream, member)
            inventory.with { inventory in
                _ = inventory.meet(entry)
                inventory.objects.list(LargeObjectListing(bytes), in: member.name, &inventory.flaws)
            }
        case .object(let oid):
            let sink = LargeObjectData()
            try read(&stream, into: sink)
            inventory.with { $0.objects.add(oid, in: member.name, sink.digest, &$0.flaws) }
        case .other: break
        }
    }

    private func read(_ stream: inout TarStream, into sink: any DataSink) throws(ArchiveError) {
        while case let count = try stream.read(into: buffer.bytes), count > 0 {
            sink.take(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
        }
    }

    private func listing(_ stream: inout TarStream, _ member: TarHeader) throws(ArchiveError) -> [UInt8] {
        let size = Int(min(member.size, Int64(LargeObjectListing.longest)))
        return try [UInt8](unsafeUninitializedCapacity: size) { bytes, count throws(ArchiveError) in
            count = try stream.read(into: UnsafeMutableRawBufferPointer(bytes))
        }
    }
}
