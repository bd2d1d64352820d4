import ColdTier
import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

/// What every store must do, whatever it is made of.
enum StoreConformance {
    /// - Parameter local: where slices may be staged for a store that does not say where.
    static func check(_ store: some ExportStore, local: FilePath) async throws {
        #expect(try await store.list("") == [])
        #expect(try await store.contents(of: "manifest.dsse.json", limit: 100) == nil)

        // A slice is there whole, and what was staged is gone.
        let large = [UInt8](repeating: 7, count: 300_000) + [1, 2, 3]
        let july = try stage(["part-00000.csv.zst": large, "part-00001.csv.zst": []], store, local)
        try await store.add(slice: "logs/month=2022-07", from: july)
        #expect(!FileManager.default.fileExists(atPath: july.string))
        let august = try stage(["part-00000.csv.zst": Array("august".utf8)], store, local)
        try await store.add(slice: "logs/month=2022-08", from: august)
        let odd = try stage(["part 0 ö'\"$(x);.zst": Array("odd".utf8)], store, local)
        try await store.add(slice: "we ird/month=-infinity", from: odd)
        let files = [
            StoredFile(name: "logs/month=2022-07/part-00000.csv.zst", size: 300_003),
            StoredFile(name: "logs/month=2022-07/part-00001.csv.zst", size: 0),
            StoredFile(name: "logs/month=2022-08/part-00000.csv.zst", size: 6),
            StoredFile(name: "we ird/month=-infinity/part 0 ö'\"$(x);.zst", size: 3),
        ]
        #expect(try await store.list("") == files)
        #expect(try await store.list("logs/") == Array(files[..<3]))
        #expect(try await store.list("logs/month=2022-08/") == [files[2]])
        #expect(try await store.list("log") == Array(files[..<3]))
        #expect(try await store.list("none/") == [])

        // Whole, and in parts.
        #expect(try await contents(files[0].name, store) == large)
        #expect(try await contents(files[1].name, store) == [])
        #expect(try await contents(files[3].name, store) == Array("odd".utf8))
        #expect(try await store.read(files[0].name, range: 299_999..<300_002) == [7, 1, 2])
        #expect(try await store.read(files[0].name, range: 0..<0) == [])
        #expect(try await store.contents(of: files[2].name, limit: 6) == Array("august".utf8))

        // A small file is written over, and nothing else is.
        try await store.replace("manifest.dsse.json", with: Array("one".utf8))
        try await store.replace("manifest.dsse.json", with: Array("two".utf8))
        #expect(try await store.contents(of: "manifest.dsse.json", limit: 100) == Array("two".utf8))
        #expect(try await store.list("").first?.name == "logs/month=2022-07/part-00000.csv.zst")
        let other = try stage(["part-00000.csv.zst": Array("other".utf8)], store, local)
        await expect(.exists, "an other slice of that name") {
            try await store.add(slice: "logs/month=2022-08", from: other)
        }
        #expect(FileManager.default.fileExists(atPath: other.string), "what was not taken is left")
        #expect(try await contents(files[2].name, store) == Array("august".utf8))

        try await refusals(store, local, large: files[0].name)
        #expect(try await store.list("").count == 6, "nothing was left behind")
    }

    private static func refusals(_ store: some ExportStore, _ local: FilePath, large: String) async throws {
        await expect(.missing, "no such file") { try await store.read("logs/none") { _ in } }
        await expect(.missing, "no such file in parts") { _ = try await store.read("logs/none", range: 0..<1) }
        await expect(.tooLarge, "a file larger than its kind") { _ = try await store.contents(of: large, limit: 1000) }
        await expect(.refused, "bytes behind the end") { _ = try await store.read(large, range: 300_000..<300_004) }
        await expect(.refused, "bytes before the beginning") { _ = try await store.read(large, range: -1..<4) }
        for name in ["../secret", "/etc/passwd", "logs/../../secret", "", "a//b", ".pgassay-export/x", "a\nb"] {
            await expect(.badName, "reading \(name)") { try await store.read(name) { _ in } }
            await expect(.badName, "reading part of \(name)") { _ = try await store.read(name, range: 0..<1) }
            await expect(.badName, "contents of \(name)") { _ = try await store.contents(of: name, limit: 100) }
            await expect(.badName, "writing \(name)") { try await store.replace(name, with: [1]) }
            let staged = try stage(["x": [1]], store, local)
            await expect(.badName, "adding \(name)") { try await store.add(slice: name, from: staged) }
        }
        // What somebody else has written meanwhile stays.
        try await store.replace("other.json", with: [1], over: nil)
        try await store.replace("other.json", with: [2, 3], over: [1])
        for before: [UInt8]? in [nil, [1], [], [9, 9], [2, 3, 4]] {
            await expect(.changed, "writing over \(before as Any)") {
                try await store.replace("other.json", with: [7], over: before)
            }
        }
        #expect(try await store.contents(of: "other.json", limit: 100) == [2, 3])
        // An error of whoever reads is theirs.
        await #expect(throws: CocoaError.self) { try await store.read(large) { _ in throw CocoaError(.userCancelled) } }
    }

    static func stage(_ files: [String: [UInt8]], _ store: some ExportStore, _ local: FilePath) throws -> FilePath {
        try stage(files, in: store.staging ?? local)
    }

    static func stage(_ files: [String: [UInt8]], in place: FilePath) throws -> FilePath {
        let directory = place.appending("staged-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: directory.appending(name).string)) }
        return directory
    }

    static func contents(_ name: String, _ store: some ExportStore) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await store.read(name) { bytes += $0 }
        return bytes
    }

    enum Kind {
        case missing, refused, full, exists, changed, tooLarge, noTool, badLocation, badName, stalled, cancelled
    }

    @discardableResult
    static func expect(
        _ kind: Kind, _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async -> String {
        do {
            try await body()
            Issue.record("\(what) succeeded", sourceLocation: sourceLocation)
            return ""
        } catch {
            #expect((error as? StoreError)?.kind == kind, "\(what): \(error)", sourceLocation: sourceLocation)
            return "\(error)"
        }
    }
}

extension StoreError {
    fileprivate var kind: StoreConformance.Kind {
        switch self {
        case .missing: .missing
        case .refused: .refused
        case .full: .full
        case .exists: .exists
        case .changed: .changed
        case .tooLarge: .tooLarge
        case .noTool: .noTool
        case .badLocation: .badLocation
        case .badName: .badName
        case .stalled: .stalled
        case .cancelled: .cancelled
        }
    }
}
