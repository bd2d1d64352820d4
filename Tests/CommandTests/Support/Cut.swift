import Foundation
import SystemPackage
import Testing

/// A dump that ends too early.
struct Cut: Sendable, CustomTestStringConvertible {
    enum Place: Sendable {
        /// After so many bytes.
        case at(Int)
        /// After this part of it.
        case part(Double)
        /// So many bytes before its end.
        case beforeEnd(Int)
        /// After the first occurrence of these words.
        case after(String)
        /// After the last occurrence.
        case afterLast(String)
    }

    let dump: String
    let place: Place
    let reason: String
    /// In a directory: the end of the name of the file that is cut; the largest such file.
    var file: String?

    var testDescription: String { "\(dump), \(reason)" }

    static let all: [Cut] =
        [
            Cut(dump: "orchard.custom", place: .at(3), reason: "within the magic bytes"),
            Cut(dump: "orchard.custom", place: .at(20), reason: "within the header"),
            Cut(dump: "orchard.custom", place: .after("growers_pkey"), reason: "within the table of contents"),
            Cut(dump: "orchard.custom", place: .part(0.7), reason: "within the data"),
            Cut(dump: "orchard.custom", place: .beforeEnd(1), reason: "the last byte"),

            Cut(dump: "orchard.directory", place: .at(0), reason: "an empty toc.dat", file: "toc.dat"),
            Cut(dump: "orchard.directory", place: .part(0.5), reason: "half a toc.dat", file: "toc.dat"),
            Cut(dump: "orchard.directory", place: .beforeEnd(1), reason: "its last byte", file: "toc.dat"),
            Cut(dump: "orchard.directory", place: .at(0), reason: "an empty data file", file: ".dat.gz"),
            Cut(dump: "orchard.directory", place: .part(0.5), reason: "half a data file", file: ".dat.gz"),
            Cut(
                dump: "orchard.option-uncompressed-directory", place: .afterLast("{\"value\""), reason: "within a row",
                file: ".dat"),
            Cut(
                dump: "orchard.option-uncompressed-directory", place: .part(0), reason: "no rows, uncompressed",
                file: ".dat"),

            Cut(dump: "orchard.tar", place: .at(100), reason: "within the first header"),
            Cut(dump: "orchard.tar", place: .after("growers_pkey"), reason: "within the table of contents"),
            Cut(dump: "orchard.tar", place: .after("grower 7"), reason: "within a table that is not the last"),
            Cut(dump: "orchard.tar", place: .part(0.8), reason: "within the last table"),
            Cut(dump: "orchard.tar", place: .beforeEnd(1024), reason: "the blocks that end it"),

            Cut(dump: "orchard.plain", place: .at(10), reason: "before it says what it is"),
            Cut(dump: "orchard.plain", place: .after("CREATE TABLE public.plots"), reason: "within a statement"),
            Cut(dump: "orchard.plain", place: .after("grower 7"), reason: "within a row"),
            Cut(dump: "orchard.plain", place: .afterLast("\n\\."), reason: "before the constraints"),
            Cut(dump: "orchard.plain", place: .afterLast(";\n"), reason: "before the closing comment"),
        ]
        + ["gzip", "zstd", "lz4"].flatMap { kind in
            [
                Cut(dump: "orchard.\(kind)", place: .at(12), reason: "at its start"),
                Cut(dump: "orchard.\(kind)", place: .part(0.5), reason: "in the middle"),
                Cut(dump: "orchard.\(kind)", place: .beforeEnd(1), reason: "the last byte"),
            ]
        }

    /// Data that pg_dump itself compresses, since version 16.
    static let modern = ["lz4", "zstd"].flatMap { algorithm in
        [
            Cut(dump: "modern.custom-\(algorithm)", place: .after("growers_pkey"), reason: "within the contents"),
            Cut(dump: "modern.custom-\(algorithm)", place: .part(0.7), reason: "within the data"),
            Cut(dump: "modern.custom-\(algorithm)", place: .beforeEnd(1), reason: "the last byte"),
        ]
            + [(.at(0), "an empty data file"), (.part(0.5), "half a data file"), (.beforeEnd(1), "its last byte")].map {
                Cut(
                    dump: "modern.directory-\(algorithm)", place: $0, reason: $1,
                    file: algorithm == "lz4" ? ".dat.lz4" : ".dat.zst")
            }
    }

    func make(in dump: FilePath) throws {
        let path = try file.map { try largest(of: dump, ending: $0) } ?? dump
        let bytes = try Data(contentsOf: URL(filePath: path.string))
        let end: Int =
            switch place {
            case .at(let count): count
            case .part(let part): Int(Double(bytes.count) * part)
            case .beforeEnd(let count): bytes.count - count
            case .after(let words): try #require(bytes.range(of: Data(words.utf8))).upperBound
            case .afterLast(let words):
                try #require(bytes.range(of: Data(words.utf8), options: .backwards)).upperBound
            }
        try #require(0..<bytes.count ~= end, "it would not be cut")
        try bytes.prefix(end).write(to: URL(filePath: path.string))
    }

    private func largest(of directory: FilePath, ending: String) throws -> FilePath {
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.string)
            .filter { $0.hasSuffix(ending) && ($0 == ending || $0 != "toc.dat") }.map { directory.appending($0) }
        return try #require(
            try files.max {
                try Data(contentsOf: URL(filePath: $0.string)).count < Data(contentsOf: URL(filePath: $1.string)).count
            })
    }
}
