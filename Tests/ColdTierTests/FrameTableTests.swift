import ColdTier
import Compression
import Crypto
import Evidence
import Findings
import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

/// Files of text are frames and nothing else: where the frames are, and what each holds, is in the manifest.
@Suite struct FrameTableTests {
    /// Rows of about 4 kB, of two months, in many row groups.
    private static let wide = """
        CREATE TABLE wide (id bigint PRIMARY KEY, at timestamptz, text text);
        INSERT INTO wide SELECT i, timestamptz '2023-01-01' + i * interval '1 hour',
            (SELECT string_agg(md5((i * j)::text), '') FROM generate_series(1, 120) j) FROM generate_series(0, 1399) i;
        """

    private func export(
        _ desk: ColdDesk, _ layout: ExportLayout, _ change: (inout ExportRequest) -> Void = { _ in }
    ) async throws -> ExportManifest {
        let exported = try await desk.export((name: "wide", column: "at"), before: "2023-03-01") {
            $0.layout = layout
            $0.compression.rowGroupBytes = 512 << 10
            change(&$0)
        }
        try #require(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
        return exported.manifest
    }

    @Test(
        "Row groups follow each other, and the manifest has hash, rows, times and keys of each",
        arguments: ExportLayout.allCases)
    func groups(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(Self.wide) { desk in
            let manifest = try await export(desk, layout)
            for part in manifest.tables[0].slices.flatMap(\.parts) {
                let groups = try #require(part.groups)
                #expect(groups.count > 2 && groups.count == part.rowGroups)
                let file = Array(try Data(contentsOf: URL(filePath: desk.output.appending(part.file).string)))
                var start = layout == .parquet ? 4 : 0
                for group in groups {
                    let bytes = file[start..<start + Int(group.bytes)]
                    #expect(Hex.encode(SHA256.hash(data: Data(bytes))) == group.sha256)
                    start += Int(group.bytes)
                }
                if layout != .parquet { #expect(start == file.count, "nothing follows the last frame") }
                for group in groups {
                    let (first, last) = (try #require(group.firstKey), try #require(group.lastKey))
                    let rows = try await desk.value(
                        "SELECT concat_ws(' ', count(*), min(at), max(at), min(id), max(id)) FROM wide WHERE id BETWEEN \(first) AND \(last)"
                    )
                    #expect(rows == "\(group.rows) \(group.minimum ?? "") \(group.maximum ?? "") \(first) \(last)")
                }
            }
        }
    }

    @Test(
        "The library that Trino and Athena read with reads every file of text, at every setting, and refused the older ones"
    )
    func aircompressor() async throws {
        try await ColdDesk.with(Self.wide) { desk in
            let settings: [(ExportLayout, ExportManifest.Compression)] = [
                (.csv, .standard), (.jsonl, .init(level: 19, longDistanceMatching: true, rowGroupBytes: 64 << 20)),
                (.copy, .init(level: 3, longDistanceMatching: true, rowGroupBytes: 512 << 10)),
                (.csv, .init(level: 19, longDistanceMatching: true, rowGroupBytes: 512 << 10, singleFrame: true)),
            ]
            var files: [FilePath] = []
            for (index, (layout, compression)) in settings.enumerated() {
                let output = desk.root.appending("export-\(index)")
                let manifest = try await export(desk, layout) {
                    $0.output = output.string
                    $0.compression = compression
                }
                files += manifest.tables[0].slices.flatMap(\.parts).map { output.appending($0.file) }
                for part in manifest.tables[0].slices.flatMap(\.parts) {
                    #expect(compression.isSingleFrame ? part.rowGroups == 1 : true)
                }
            }
            for file in files {
                let bytes = try Data(contentsOf: URL(filePath: file.string))
                // RFC 8878, 3.1.1.1.2: the byte behind the descriptor; its high five bits are the exponent, from 10.
                #expect(bytes[5] >> 3 + 10 <= 23, "\(file)")
            }
            var expected: [String] = []
            for file in files {
                let outcome = try await Program("/bin/sh").run(
                    ["-c", "zstd -dc \"$0\" | sha256sum", file.string], in: "/", environment: ["PATH": "/usr/bin:/bin"])
                expected.append(String(outcome.output.prefix(64)))
            }
            #expect(try await Engines.aircompressor(files) == expected)
            let old = desk.root.appending("old.zst")
            try Data(contentsOf: URL(filePath: files[0].string)).appending(SeekTable([]).encoded).write(
                to: URL(filePath: old.string))
            let refusal = try await Engines.aircompressor([old])
            #expect(refusal.first?.hasPrefix("error: ") == true, "\(refusal)")
        }
    }

    @Test(
        "Files from before, which end in a table of their frames, are verified, imported, found in and added to",
        arguments: [ExportLayout.csv, .parquet])
    func before(_ layout: ExportLayout) async throws {
        try await ColdDesk.with(Self.wide) { desk in
            _ = try await desk.export((name: "wide", column: "at"), before: "2023-02-01") {
                $0.layout = layout
                $0.compression.rowGroupBytes = 512 << 10
            }
            try await desk.makeOld()
            #expect(try await desk.verify().judgement.verdict == .passed)
            let found = try await desk.get("wide", key: ["700"])
            #expect(found.rows.count == 1 && found.rows[0].contains("\"id\":700,"))
            let manifest = try await export(desk, layout)
            #expect(manifest.tables[0].slices.map { $0.parts[0].groups == nil } == [true, false])
            let verified = try await desk.verify()
            #expect(verified.judgement.verdict == .passed, "\(ColdDesk.complaints(verified.findings))")
            try await desk.create("target")
            let imported = try await desk.load(into: "target")
            #expect(imported.judgement.verdict == .passed, "\(ColdDesk.complaints(imported.findings))")
            try await desk.expectSame("SELECT * FROM wide WHERE at < '2023-03-01'", in: "target")
            if layout == .csv {
                try desk.damage("wide/month=2023-01/part-00000.csv.zst") { $0.removeLast(9) }
                #expect(try await desk.verify().judgement.verdict == .failed)
            }
        }
    }

    @Test("A file whose frames are not those of the manifest is none of the export")
    func otherFrames() async throws {
        try await ColdDesk.with(Self.wide) { desk in
            var manifest = try await export(desk, .csv)
            let part = manifest.tables[0].slices[0].parts[0]
            // Two frames become one in the manifest.
            var groups = try #require(part.groups)
            let second = groups.remove(at: 1)
            groups[0].bytes += second.bytes
            groups[0].rawBytes += second.rawBytes
            groups[0].rows += second.rows
            groups[0].maximum = second.maximum
            manifest.tables[0].slices[0].parts[0].groups = groups
            manifest.tables[0].slices[0].parts[0].rowGroups -= 1
            try await desk.sign(manifest)
            let verified = try await desk.verify()
            #expect(
                ColdDesk.complaints(verified.findings).contains("its row groups are not where the manifest says"))
        }
    }
}

extension Data {
    fileprivate func appending(_ bytes: [UInt8]) -> Data { self + Data(bytes) }
}

extension ColdDesk {
    /// Puts a changed manifest in place of the one that is there.
    func sign(_ manifest: ExportManifest) async throws {
        try await ManifestFile.write(
            manifest,
            over: try Array(Data(contentsOf: URL(filePath: output.appending(ExportManifest.fileName).string))),
            signer: key, to: DirectoryStore(output, create: false))
    }

    /// Makes an export what it would have been before the manifest had row groups: files of text end with a table of frames.
    func makeOld() async throws {
        let store = try DirectoryStore(output, create: false)
        var manifest = try #require(try await ManifestFile.read(from: store, publicKey: key.publicKey))
        for (t, table) in manifest.tables.enumerated() {
            for (s, slice) in table.slices.enumerated() {
                for (p, part) in slice.parts.enumerated() {
                    var part = part
                    if manifest.layout != .parquet {
                        let url = URL(filePath: output.appending(part.file).string)
                        let frames = Array(try Data(contentsOf: url))
                        var reader = try SeekableZstdReader(withTable: false)
                        try frames.withUnsafeBytes { try reader.read($0) { _ in } }
                        let bytes = Data(frames) + Data(try reader.finish().encoded)
                        try bytes.write(to: url)
                        part.bytes = Int64(bytes.count)
                        part.sha256 = Hex.encode(SHA256.hash(data: bytes))
                    }
                    part.groups = nil
                    manifest.tables[t].slices[s].parts[p] = part
                }
            }
        }
        try await sign(manifest)
    }
}
