import Foundation
import FuzzTargets
import Testing

/// What `make fuzz` begins with goes through every decoder here too: whole files of real programs are taken, cut ones do no harm. One after
/// the other, because all inputs lie in the same file in memory.
@Suite(.serialized) struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

    @Test func everyTargetHasACorpus() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(Set(names) == Set(fuzzTargets.keys), "tools/fuzz-corpus.sh makes it")
    }

    @Test(arguments: fuzzTargets.keys.sorted())
    func takesWhatIsWhole(_ name: String) throws {
        let target = try #require(fuzzTargets[name])
        let directory = Self.corpus.appending(path: name)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(!files.isEmpty)
        for file in files {
            let input = try Data(contentsOf: directory.appending(path: file))
            #expect(input.withUnsafeBytes(target), "\(file) is refused: make it again with tools/fuzz-corpus.sh")
            for count in stride(from: 0, to: input.count, by: max(1, input.count / 50)) {
                _ = input.prefix(count).withUnsafeBytes(target)
            }
        }
    }
}
