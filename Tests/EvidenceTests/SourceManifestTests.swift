import Evidence
import Foundation
import Manifest
import Rows
import SystemPackage
import Testing

/// A manifest is believed as its signer wrote it, and not at all otherwise.
@Suite struct SourceManifestTests {
    private static let key = SigningKey.generate()

    private static func keys(_ key: PublicKey) -> [KeyRing.Key] { KeyRing(operators: [key]).keys }

    private static func rows(_ count: Int) -> KeyedRows {
        var rows = KeyedRows(RowKey(columns: 1, key: [0], order: .integer), KeyRanges(atMost: 8))
        for row in 0..<count { Array("\(row)".utf8).withUnsafeBytes { rows.add(row: $0) } }
        rows.finish()
        return rows
    }

    static func sample(signed: Bool = true) -> SourceManifest {
        SourceManifest(
            id: "11111111-2222-3333-4444-555555555555", tool: "1", signed: signed, scope: .dump,
            source: SourceManifest.Source(
                database: "d", serverVersion: "15.1", encoding: "UTF8", systemIdentifier: "7", snapshot: "3:3:",
                position: "0/1", isReplica: false, taken: Date(timeIntervalSince1970: 1_777_636_800), role: "r"),
            dump: SourceManifest.Dump(
                format: "custom", bytes: 5, created: nil, program: "pg_dump", arguments: ["-Fc"], exitCode: 0,
                seconds: 1, messages: []),
            tables: [
                SourceManifest.Table(
                    schema: "public", name: "t", held: .rows, isPartitioned: false, isPartition: false,
                    columns: [.init(name: "id", type: "integer")], key: ["id"], owner: "r", security: .init(),
                    bytes: 8192,
                    estimatedRows: 1000, rows: .init(rows(1000), order: .integer, newest: [:]))
            ])
    }

    private static func statement(_ manifest: SourceManifest) -> InTotoStatement<SourceManifest> {
        InTotoStatement(subject: [ResourceDescriptor(name: "d", digest: ["sha256": "00"])], predicate: manifest)
    }

    /// Writes bytes where a test alone can see them.
    private static func file(_ bytes: [UInt8], _ body: (FilePath) throws -> Void) throws {
        let file = FilePath(NSTemporaryDirectory()).appending("pgassay-\(UUID().uuidString)\(ManifestFile.nameEnd)")
        try Data(bytes).write(to: URL(filePath: file.string))
        defer { try? FileManager.default.removeItem(atPath: file.string) }
        try body(file)
    }

    @Test func itComesBackAsItWasSigned() async throws {
        let manifest = Self.sample()
        try Self.file(try await Self.statement(manifest).sealed(signer: Self.key)) { file in
            let read = try ManifestFile.read(file, signedBy: Self.keys(Self.key.publicKey))
            #expect(read.manifest == manifest && read.backupDigest == ["sha256": "00"])
            let rows = try #require(read.manifest.tables[0].rows)
            #expect(rows.ranges?.keyRanges?.total == rows.digest)
            #expect(rows.rowSketch?.difference(to: Self.rows(1000).sketch)?.missing == [])
        }
    }

    @Test("Without its key, with another one, or with a byte changed it is refused, and the words say what to do")
    func refused() async throws {
        let sealed = try await Self.statement(Self.sample()).sealed(signer: Self.key)
        let other = SigningKey.generate().publicKey
        try Self.file(sealed) { file in
            let cases: [(PublicKey?, Bool, String)] = [
                (nil, false, "nobody named a key"), (other, true, "unless another is named"),
                (other, false, "the key you gave"),
            ]
            for (key, isOwn, words) in cases {
                let error = #expect(throws: RefusedManifest.self) {
                    try ManifestFile.read(file, signedBy: key.map { Self.keys($0) }, isOwnKey: isOwn)
                }
                #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            }
        }
        let changed = String(decoding: sealed, as: UTF8.self).replacing("\"payload\":\"e", with: "\"payload\":\"f")
        for bytes in [Array(changed.utf8), Array(sealed.prefix(100)), [], Array("PGDMP".utf8)] {
            try Self.file(bytes) { file in
                #expect(throws: RefusedManifest.self) {
                    try ManifestFile.read(file, signedBy: Self.keys(Self.key.publicKey))
                }
                #expect(throws: RefusedManifest.self) { try ManifestFile.read(file, signedBy: nil) }
            }
        }
    }

    @Test("One without a signature is believed by whoever has no key, and by nobody else")
    func unsigned() async throws {
        try Self.file(try await Self.statement(Self.sample(signed: false)).sealed(signer: nil)) { file in
            let read = try ManifestFile.read(file, signedBy: nil)
            #expect(read.manifest.tables.count == 1)
            let error = #expect(throws: RefusedManifest.self) {
                try ManifestFile.read(file, signedBy: Self.keys(Self.key.publicKey))
            }
            #expect(error?.description.contains("anyone could have written it") == true)
        }
    }

    @Test("What contradicts itself is neither signed nor believed") func contradictions() throws {
        let changes: [(String, (inout SourceManifest) -> Void)] = [
            ("rows that are not the sum of the ranges", { $0.tables[0].rows?.digest = TableDigest() }),
            ("ranges that overlap", { $0.tables[0].rows?.ranges?.parts[1].first = "0000000000000000" }),
            ("a sketch of another size", { $0.tables[0].rows?.sketch = "AAAA" }),
            ("a table twice", { $0.tables.append($0.tables[0]) }), ("a key of no column", { $0.tables[0].key = ["x"] }),
            ("a failed pg_dump", { $0.dump?.exitCode = 1 }), ("no dump", { $0.dump = nil }), ("no id", { $0.id = "1" }),
        ]
        for (what, change) in changes {
            var manifest = Self.sample()
            change(&manifest)
            #expect(!Self.statement(manifest).contradictions().isEmpty, "\(what)")
            #expect(throws: StatementError.self) { try Self.statement(manifest).encoded() }
        }
        #expect(Self.statement(Self.sample()).contradictions() == [])
    }
}
