import Archive
import ColdTier
import Compression
import Crypto
import Evidence
import Files
import Findings
import Foundation
import Parquet
import Physical
import Report
import Rows
import ScannedScripts

/// Takes bytes of which nothing is known. What it must not do is trap, break an invariant that it states, or take memory or time
/// that grows with what the input claims.
/// - Returns: whether the decoder took the input; to refuse it is right, too.
package typealias FuzzTarget = @Sendable (UnsafeRawBufferPointer) -> Bool

/// Every decoder of bytes that come from a backup or an export, by name.
package let fuzzTargets: [String: FuzzTarget] = [
    // Recognition, table of contents and data of custom, tar and plain dumps.
    "dump": { bytes in
        taking { _ = try Dump.open(InputInMemory.tree(holding: bytes)).read() }
    },
    // A script of pg_dumpall: what stands around the dumps, and each dump.
    "cluster-script": { bytes in
        taking { _ = try ClusterReader(Dump.open(InputInMemory.tree(holding: bytes)), keys: nil).read() }
    },
    "decompression": { bytes in
        taking {
            var stream = try DumpStream(InputInMemory.file(holding: bytes))
            var read = 0
            // A small input may decode to terabytes of zeros.
            while read < 16 << 20, let piece = try stream.read() { read += piece.count }
        }
    },
    "tar": { bytes in
        taking {
            var stream = try TarStream(InputInMemory.file(holding: bytes))
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while try stream.next() != nil {
                while try buffer.withUnsafeMutableBytes({ try stream.read(into: $0) }) > 0 {}
            }
        }
    },
    "plain-script": scanScript,
    "copy": { readRows($0, .copy) },
    "csv": { readRows($0, .csv) },
    "jsonl": { readRows($0, .jsonl) },
    "parquet": readParquet,
    // The input is a manifest without its last line, which is a checksum of all before it.
    "backup-manifest": { bytes in
        let last = "\"Manifest-Checksum\": \"\(Hex.encode(SHA256.hash(data: Data(bytes))))\"}\n"
        let manifest = Array(bytes) + Array(last.utf8)
        return taking {
            _ = try manifest.withUnsafeBytes { try BackupManifest(InputInMemory.file(holding: $0)) }
        }
    },
    "envelope": { bytes in
        taking { _ = try StoredReport(Array(bytes), name: "fuzz") }
    },
    // The inputs of these are what is in the envelope.
    "export-manifest": { bytes in
        taking {
            _ = try UnverifiedStatement<ExportManifest>(enveloped(bytes), name: "fuzz").statement.contradictions()
        }
    },
    "report": { bytes in
        taking { _ = try StoredReport(enveloped(bytes), name: "fuzz") }
    },
    "seekable-zstd": { bytes in
        taking {
            var reader = try SeekableZstdReader()
            try reader.read(bytes) { _ in }
            let table = try reader.finish()
            // What was read to its end without complaint is what its table says.
            precondition(table.framesEnd + Int64(table.encoded.count) == Int64(bytes.count))
        }
    },
]

private func taking(_ body: () throws -> Void) -> Bool {
    do {
        try body()
        return true
    } catch {
        // The message is made, too: it quotes the input.
        precondition(!"\(error)".isEmpty)
        return false
    }
}

private func enveloped(_ payload: UnsafeRawBufferPointer) -> [UInt8] {
    let base64 = Data(payload).base64EncodedString()
    return Array(#"{"payload":"\#(base64)","payloadType":"\#(Envelope.payloadType)","signatures":[]}"#.utf8)
}

/// The scanner gives the same, wherever its input is cut.
private func scanScript(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let script = Array(bytes)
    let whole = Scanned(script)
    for size in [1, 7] { precondition(Scanned(script, by: { size }) == whole) }
    return whole.summary.sawFooter && whole.summary.endedInside == nil
}

/// The first byte says what the columns are. Every value is looked at.
private func readParquet(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first else { return false }
    let types: [ColumnSchema.ValueType] = [.text, .boolean, .json, .timestamp(inUTC: true)]
    let columns = (0..<Int(first >> 6) + 1).map { index in
        ColumnSchema(name: "c\(index)", type: types[Int(first >> (2 * index)) & 3])
    }
    return taking {
        var reader = try ParquetReader(columns, limits: .init(pageBytes: 1 << 20, places: 1 << 16))
        try reader.read(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())) { columns, _ in
            for index in columns.indices {
                for level in columns[index].definition where level == 1 { columns[index].withNext { _ = $0.last } }
            }
        }
        _ = try reader.finish()
    }
}

/// The first byte says what the columns are. Rows that a reader gives are written again by the writer, to the same bytes.
private func readRows(_ bytes: UnsafeRawBufferPointer, _ layout: TextLayout) -> Bool {
    guard let first = bytes.first else { return false }
    let kinds: [ExportColumn.Kind] = [.number, .boolean, .json, .text]
    let columns = (0..<Int(first >> 6) + 1).map { index in
        ExportColumn(name: "c\(index)", type: "", kind: kinds[Int(first >> (2 * index)) & 3])
    }
    let writer = layout.writer(for: columns)
    let file = writer.header + Array(bytes.dropFirst())
    return taking {
        var again = ByteBuffer()
        var count: Int64 = 0
        var reader = layout.reader(for: columns, limit: 1 << 20)
        try file.withUnsafeBytes { file in
            try reader.read(file) { row in
                count += 1
                try writer.append(row, number: count, to: &again)
            }
        }
        try reader.finish()
        let written = writer.header + again.bytes
        precondition(written == file, "\(layout): what was read is written otherwise")
    }
}
