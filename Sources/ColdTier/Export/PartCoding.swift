import Compression
import Parquet
import Rows

/// Turns canonical rows into the bytes of one file of an export.
protocol PartEncoder: AnyObject {
    /// Takes a row, and passes on the bytes that are ready, if any.
    /// - Parameter number: of the row, from 1.
    /// - Throws: ``RowError`` if the server does not write such a row for these columns; an error of the format; what `sink`
    ///   throws.
    func add(
        _ row: UnsafeRawBufferPointer, number: Int64, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws

    /// Passes on the rest of the file.
    func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws -> PartSizes
}

/// Turns the bytes of a file back into canonical rows: what ``PartEncoder`` wrote, strictly.
protocol PartDecoder: AnyObject {
    /// Takes the next bytes of the file, cut at any place, and passes on the rows that they complete. A row's bytes are
    /// valid only during the call.
    /// - Throws: an error of the format if the encoder would not have written these bytes; what `body` throws.
    func read(_ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void) throws

    /// Must be called at the end of the file.
    func finish() throws -> PartSizes
}

/// What a file holds, apart from its rows.
struct PartSizes {
    /// Bytes before compression.
    var rawBytes: Int64
    /// Row groups, or frames, in the order of the file.
    var groups: [GroupSizes]
}

/// The sizes of one row group.
struct GroupSizes: Equatable {
    /// In the file.
    var bytes: Int64
    /// Before compression.
    var rawBytes: Int64
}

/// How files are written.
struct PartEncoding: Sendable {
    let compression: ExportManifest.Compression
    /// Threads of zstd in addition to the caller's.
    let workers: Int
    let toolVersion: String

    /// Settings of zstd.
    var settings: SeekableZstdSettings {
        SeekableZstdSettings(
            level: compression.level, longDistanceMatching: compression.longDistanceMatching, workers: workers,
            rowGroupBytes: compression.isSingleFrame
                ? SeekableZstdSettings.rowGroupSizes.upperBound : compression.rowGroupBytes)
    }
}

extension ExportRequest {
    var encoding: PartEncoding {
        PartEncoding(compression: compression, workers: workers, toolVersion: toolVersion)
    }
}

/// How the rows of a slice are in its files.
struct PartForm: Sendable {
    let layout: ExportLayout
    let columns: [ExportColumn]
    /// Columns of the primary key; empty if there is none.
    let key: [String]
    let timeColumn: String
    /// Columns that are text in a slice of Parquet, whatever their type.
    let fallbacks: [ExportManifest.Fallback]

    /// Position of the time column. It must be one of the columns; the check of the manifest makes sure of that.
    var timeIndex: Int { columns.firstIndex { $0.name.utf8.elementsEqual(timeColumn.utf8) } ?? 0 }

    /// The first column of the primary key, if its values have an order that row groups can be found by.
    var orderedKey: OrderedKey? { OrderedKey(of: columns, key) }

    /// Bytes of a file before its first row group.
    var groupsStart: Int64 { layout == .parquet ? ParquetGroup.start : 0 }

    func encoder(_ encoding: PartEncoding) throws -> any PartEncoder {
        if let text = layout.text { return try TextEncoder(text.writer(for: columns), encoding) }
        return try ParquetEncoder(ParquetColumn.columns(columns, fallbacks), encoding)
    }

    /// - Parameter expected: what the file should hold.
    func decoder(of expected: PartContents) throws -> any PartDecoder {
        if let text = layout.text {
            // Without a table of frames in the manifest, it is in the file.
            return try TextDecoder(text.reader(for: columns), withTable: expected.groups == nil)
        }
        return try ParquetDecoder(ParquetColumn.columns(columns, fallbacks), limits: limits(expected))
    }

    /// What no page of a file exceeds that holds what is expected.
    func limits(_ expected: PartContents) -> ParquetReader.Limits {
        // A value takes at least one byte of its row, and a page is not larger than all pages.
        ParquetReader.Limits(
            pageBytes: Int(min(expected.rawBytes, Int64(Int32.max))), places: Int(clamping: expected.digest.bytes))
    }
}
