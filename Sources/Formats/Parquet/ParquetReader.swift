import Compression

/// Reads what ``ParquetWriter`` wrote, strictly and in the order of the file, without looking at its end first.
///
///     var reader = try ParquetReader(columns)
///     while let bytes = try read() {
///         try reader.read(bytes) { group in … }
///     }
///     let contents = try reader.finish()
///
/// Every page must have the right checksum; the footer must be, byte for byte, the one that the writer writes for the pages
/// that were read, except for the name of the program. Row groups are passed on before the footer was read, so they can be
/// trusted only after ``finish()`` has returned. After an error, the reader cannot be used any more.
///
/// Memory use: one row group, and about 100 bytes for each column of each row group. What a page claims is not believed
/// beyond ``Limits``.
package struct ParquetReader: ~Copyable, @unchecked Sendable {
    // Sendable: the decoder is made in `init`, never leaves this value, and this value cannot be copied.

    private let limits: Limits
    private let decoder: ZstdBlockDecoder
    private var footer: Footer
    /// Bytes of the file that were not used yet, and where they begin in the file.
    private var pending: [UInt8] = []
    private var offset: Int64 = 0
    private var hasMagic = false
    private var isInFooter = false
    /// No footer for the pages that were read is longer, in bytes.
    private var footerLimit = Int.max
    private var group: [DecodedColumn] = []
    private var chunks: [Footer.Chunk] = []
    /// The dictionary of the next page, and the sizes of its own page.
    private var dictionary: (entries: DecodedColumn.Dictionary, chunk: Footer.Chunk)?
    private var rawBytes: Int64 = 0
    /// Row groups so far, and where the next one begins.
    private var groups: [ParquetGroup] = []
    private var groupStart = (offset: ParquetGroup.start, rawBytes: Int64(0))

    /// What is never exceeded by a file that an export writes.
    package struct Limits: Sendable {
        /// Bytes of a page before compression.
        package var pageBytes: Int
        /// Values in a page, missing ones included.
        package var places: Int

        package init(pageBytes: Int = Int(Int32.max), places: Int = 1 << 30) {
            self.pageBytes = pageBytes
            self.places = places
        }
    }

    /// What was read.
    package struct Contents: Sendable, Equatable {
        /// In the order of the file.
        package var groups: [ParquetGroup]
        package var rows: Int64
        /// Bytes of all pages before compression.
        package var rawBytes: Int64
        /// The program that wrote it.
        package var createdBy: String
    }

    /// - Throws: ``ParquetError/compression(_:)``.
    package init(_ columns: [ColumnSchema], limits: Limits = Limits()) throws(ParquetError) {
        footer = Footer(columns: columns)
        self.limits = limits
        do throws(DecompressionError) {
            decoder = try ZstdBlockDecoder()
        } catch {
            throw .compression("\(error)")
        }
    }

    /// Reads one row group of a file without the others. After its last byte, call ``finishGroup()``.
    /// - Parameter offset: where it begins in the file, in bytes.
    /// - Throws: ``ParquetError/compression(_:)``.
    package init(_ columns: [ColumnSchema], limits: Limits, groupAt offset: Int64) throws(ParquetError) {
        try self.init(columns, limits: limits)
        hasMagic = true
        self.offset = offset
        groupStart.offset = offset
    }

    /// Call at the end of one row group.
    /// - Throws: ``ParquetError/truncated(bytes:)`` if the bytes were not exactly one row group.
    package func finishGroup() throws(ParquetError) {
        guard groups.count == 1, pending.isEmpty, group.isEmpty, dictionary == nil else {
            throw .truncated(bytes: offset - groupStart.offset)
        }
    }

    /// Takes the next bytes of the file, cut anywhere, and passes on the row groups that they complete.
    /// - Throws: ``ParquetError``; what `body` throws.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ columns: inout [DecodedColumn], _ rows: Int) throws -> Void
    ) throws {
        pending += bytes
        var used = 0
        while try step(&used, body) {}
        pending.removeFirst(used)
        offset += Int64(used)
        guard pending.count <= footerLimit else { throw ParquetError.footer(offset: offset) }
    }

    /// Takes the magic or one page.
    /// - Parameter used: how many of the pending bytes were used so far.
    /// - Returns: false if more bytes are needed.
    private mutating func step(
        _ used: inout Int, _ body: (inout [DecodedColumn], Int) throws -> Void
    ) throws -> Bool {
        let left = pending.count - used
        if !hasMagic {
            guard pending.prefix(4).elementsEqual(Footer.magic.prefix(left)) else { throw ParquetError.noMagic }
            guard left >= 4 else { return false }
            hasMagic = true
            used += 4
            return true
        }
        guard !isInFooter, left >= 2 else { return false }
        if group.isEmpty, dictionary == nil, pending[used..<used + 2].elementsEqual(Footer.firstBytes) {
            isInFooter = true
            footerLimit = footer.encoded(createdBy: "").count + Self.maximumName + 2
            return false
        }
        let place = offset + Int64(used)
        do throws(PageFlaw) {
            guard let size = try page(at: used, place) else { return false }
            used += size
        } catch {
            throw ParquetError.page(
                rowGroup: footer.rowGroups.count, column: footer.columns[group.count].name, offset: place, error)
        }
        guard group.count == footer.columns.count else { return true }
        let rows = group[0].rows
        footer.rowGroups.append(Footer.RowGroup(rows: rows, chunks: chunks))
        chunks = []
        let end = offset + Int64(used)
        groups.append(ParquetGroup(bytes: end - groupStart.offset, rawBytes: rawBytes - groupStart.rawBytes))
        groupStart = (end, rawBytes)
        try body(&group, rows)
        group = []
        return true
    }

    /// Reads one page.
    /// - Returns: how many bytes it takes with its header; nil if more bytes are needed.
    private mutating func page(at start: Int, _ place: Int64) throws(PageFlaw) -> Int? {
        let column = footer.columns[group.count]
        let (header, headerSize): (PageHeader, Int)
        do throws(PageFlaw) {
            (header, headerSize) = try pending.withBytes { bytes throws(PageFlaw) in
                try PageHeader.read(UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(PageHeader.maximumSize)))
            }
        } catch {
            guard error == .incomplete, pending.count - start < PageHeader.maximumSize else { throw error }
            return nil
        }
        guard header.uncompressedSize <= limits.pageBytes, header.values <= limits.places,
            header.compressedSize <= ZstdBlockEncoder.bound(header.uncompressedSize)
        else { throw .header }
        let size = headerSize + header.compressedSize
        guard pending.count - start >= size else { return nil }
        let body = try pending.withBytes { bytes throws(PageFlaw) in
            try decompress(header, UnsafeRawBufferPointer(rebasing: bytes[start + headerSize..<start + size]))
        }
        rawBytes += Int64(body.count)
        try body.withBytes { body throws(PageFlaw) in
            try take(header, body, of: column, place, sizes: (headerSize + body.count, size))
        }
        return size
    }

    private func decompress(_ header: PageHeader, _ compressed: UnsafeRawBufferPointer) throws(PageFlaw) -> [UInt8] {
        guard PageChecksum.of(compressed) == header.checksum else { throw .checksum }
        do throws(DecompressionError) {
            return try decoder.decode(compressed, size: header.uncompressedSize)
        } catch {
            throw .compression("\(error)")
        }
    }

    private mutating func take(
        _ header: PageHeader, _ body: UnsafeRawBufferPointer, of column: ColumnSchema, _ place: Int64,
        sizes: (uncompressed: Int, compressed: Int)
    ) throws(PageFlaw) {
        if header.kind == .dictionary {
            guard dictionary == nil else { throw .header }
            let entries = try DecodedColumn.dictionary(body, count: header.values, column.type)
            dictionary = (
                entries,
                Footer.Chunk(
                    start: place, dataStart: place, values: 0, uncompressedSize: Int64(sizes.uncompressed),
                    compressedSize: Int64(sizes.compressed),
                    statistics: ColumnStatistics(column, nulls: 0, values: .init(start: nil, count: 0), count: 0))
            )
            return
        }
        guard header.kind == .data(dictionary == nil ? .plain : .dictionary) else { throw .header }
        let decoded = try DecodedColumn(column, body, places: header.values, dictionary?.entries)
        if let first = group.first, first.rows != decoded.rows {
            throw .rows(expected: first.rows, found: decoded.rows)
        }
        chunks.append(
            Footer.Chunk(
                start: dictionary?.chunk.start ?? place, dataStart: place, values: header.values,
                uncompressedSize: (dictionary?.chunk.uncompressedSize ?? 0) + Int64(sizes.uncompressed),
                compressedSize: (dictionary?.chunk.compressedSize ?? 0) + Int64(sizes.compressed),
                statistics: decoded.statistics))
        group.append(decoded)
        dictionary = nil
    }

    /// Call at the end of the file.
    /// - Throws: ``ParquetError`` if it ended too early, or if its footer is not the one that belongs to its pages.
    package mutating func finish() throws(ParquetError) -> Contents {
        guard hasMagic, isInFooter, pending.count > Footer.tailSize else {
            throw .truncated(bytes: offset + Int64(pending.count))
        }
        // All of the footer follows from the pages, except who wrote it.
        let before = footer.beforeName
        var next = before.count + 1
        guard pending.starts(with: before), let size = pending.withBytes({ Varint.read($0, &next) }),
            size <= Self.maximumName, pending.count - next >= Int(size),
            let name = String(validating: pending[next..<next + Int(size)], as: UTF8.self),
            footer.encoded(createdBy: name) == pending
        else { throw .footer(offset: offset) }
        return Contents(
            groups: groups, rows: footer.rowGroups.reduce(0) { $0 + Int64($1.rows) },
            rawBytes: rawBytes, createdBy: name)
    }

    /// The longest name of a program, in bytes.
    private static let maximumName = 256
}

extension [UInt8] {
    /// `withUnsafeBytes`, with the type of the error.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { buffer throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
    }
}
