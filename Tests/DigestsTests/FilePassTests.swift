import Crypto
import Digests
import Files
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Files of many sizes, read with several workers.
@Suite struct FilePassTests {
    private static let sizes = [0, 1, 63, 64, 8192, 100_000, 256 << 10, (256 << 10) + 1, 3 << 20] + Array(200..<240)

    private func withFiles(_ body: (OpenTree, [FilePath: Data]) async throws -> Void) async throws {
        try await withTemporaryDirectory { path in
            var contents: [FilePath: Data] = [:]
            for (number, size) in Self.sizes.enumerated() {
                let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* (number + 3) >> 2) })
                contents[FilePath("f\(number)")] = bytes
                try bytes.write(to: URL(filePath: path.appending("f\(number)").string))
            }
            try await body(OpenTree(at: path), contents)
        }
    }

    @Test(arguments: [1, 2, 5])
    func eachFileOnce(_ workers: Int) async throws {
        try await withFiles { tree, contents in
            let files = tree.files
            let most = Mutex<Int64>(0)
            let read = try await FilePass(files, workers: workers).perform(
                progress: { done in most.withLock { $0 = max($0, done) } }
            ) { index, _ in
                var (bytes, digest) = (Data(), [UInt8]())
                // Every third is not hashed.
                return FileVisit(
                    add: { bytes.append(contentsOf: $0) }, sha256: index % 3 == 0 ? nil : { digest = $0 },
                    finish: { (index: index, bytes: bytes, digest: digest) })
            }
            #expect(read.map(\.index).sorted() == Array(files.indices))
            for file in read {
                #expect(file.bytes == contents[files[file.index].name])
                #expect(file.index % 3 == 0 || file.digest == Array(SHA256.hash(data: file.bytes)))
            }
            #expect(most.withLock { $0 } == tree.bytes)
        }
    }

    /// What somebody has read is not read again, and what nobody has read is.
    @Test func theRestOfATree() async throws {
        try await withFiles { tree, contents in
            let digests = FileDigests(of: tree)
            let files = tree.files.sorted { $0.name.string < $1.name.string }
            for file in files.prefix(10) { digests.add([UInt8](repeating: 7, count: 32), of: file) }
            let all = try await digests.all(workers: 2) { _ in }
            #expect(all.count == files.count)
            for (number, file) in files.enumerated() {
                let own = contents[file.name].map { Array(SHA256.hash(data: $0)) }
                #expect(all[file.name] == (number < 10 ? [UInt8](repeating: 7, count: 32) : own))
            }
        }
    }

    @Test func anErrorOfAVisitEndsIt() async throws {
        struct Stop: Error {}
        try await withFiles { tree, _ in
            let pass = FilePass(tree.files, workers: 2)
            await #expect(throws: Stop.self) {
                _ = try await pass.perform(progress: { _ in }) { index, _ in
                    FileVisit(add: { _ in if index == 5 { throw Stop() } }, sha256: nil, finish: {})
                }
            }
        }
    }

    @Test func aFileThatChanged() async throws {
        try await withFiles { tree, _ in
            try Data("other".utf8).write(to: URL(filePath: tree.path.appending("f4").string))
            let error = await #expect(throws: FileError.self) {
                _ = try await FileDigests(of: tree).all(workers: 2) { _ in }
            }
            #expect(error?.problem == .changed)
        }
    }
}
