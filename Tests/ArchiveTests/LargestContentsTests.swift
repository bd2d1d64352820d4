import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// What is too large to be held in memory is said, and nobody is blamed for it.
@Suite(.keepsItsThread) struct LargestContentsTests {
    @Test(arguments: [(10, Int64(1 << 20)), (1 << 20, 1000)])
    func moreEntriesThanAreRead(_ entries: Int, _ bytes: Int64) throws {
        let file = try InputFile(FilePath(Corpus.dump(Installation.all.last!, "-Fc")))
        func read(_ largest: (entries: Int, bytes: Int64)) throws -> TableOfContents {
            try TableOfContents(
                from: FileCursor(file, 0..<file.size), formats: [.custom], data: .offsets, largest: largest)
        }
        let whole = try read(TableOfContents.largest)
        #expect(whole.entries.count > 10)
        #expect(try read((whole.entries.count, .max)).entries == whole.entries)
        let error = #expect(throws: ArchiveError.self) { try read((entries, bytes)) }
        #expect(error == .tooManyEntries(file.path, whole.entries.count))
        #expect(error?.isBackupAtFault == false)
    }
}
