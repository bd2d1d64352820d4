import Findings

/// Verifies the bytes of one file of a base backup while they are read.
struct FileVerifier {
    private let path: String
    /// When the file was first looked at, in bytes.
    private let knownSize: Int64
    private let expected: BackupManifest.File?
    private let relation: RelationFile?
    private let limit: LogPosition?

    private var checksum: FileChecksum?
    /// In hex, where somebody else computed it.
    private var sha256: String?
    private var size: Int64 = 0
    private var bad: [PageChecksum.Mismatch] = []
    private var badCount = 0

    /// Set in an incremental backup, for a file with some of a relation's pages.
    private var pages: IncrementalFile?
    /// Whether by its name it is such a file.
    let isIncremental: Bool

    /// The most bad pages of one file whose numbers are reported.
    private static let named = 5

    /// - Parameters:
    ///   - limit: as ``LayOut/checksumsBefore`` says; if it is nil, no page is checked.
    ///   - takesSHA256: whether ``take(sha256:)`` is called, so that it is not computed here too.
    init(
        _ path: String, size: Int64, _ expected: BackupManifest.File?, checksumsBefore limit: LogPosition?,
        takesSHA256: Bool = false
    ) {
        self.path = path
        self.expected = expected
        self.limit = limit
        knownSize = size
        let whole = IncrementalFile.whole(path)
        isIncremental = whole != nil
        relation = limit == nil ? nil : RelationFile(path: whole ?? path)
        if let expected, !(takesSHA256 && expected.algorithm == .sha256) { checksum = FileChecksum(expected.algorithm) }
    }

    /// - Parameter bytes: a whole number of pages; only at the end of the file may it be less. Of an incremental file, the first piece has
    ///   at least 1 MiB.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        checksum?.add(bytes)
        if let relation {
            if isIncremental, size == 0 { pages = IncrementalFile(bytes) }
            for start in stride(from: 0, through: bytes.count - PageChecksum.pageSize, by: PageChecksum.pageSize) {
                guard let block = block(at: size + Int64(start), of: relation) else { continue }
                let page = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + PageChecksum.pageSize)])
                guard let mismatch = PageChecksum.mismatch(page, block: block, changedBefore: limit) else { continue }
                badCount += 1
                if bad.count < Self.named { bad.append(mismatch) }
            }
        }
        size += Int64(bytes.count)
    }

    /// - Parameter digest: of all bytes of the file.
    mutating func take(sha256 digest: [UInt8]) { sha256 = Hex.encode(digest) }

    /// The number in its relation of the page that begins there; nil where no page does.
    private func block(at offset: Int64, of relation: RelationFile) -> UInt32? {
        let page = Int64(PageChecksum.pageSize)
        // Block numbers wrap as in the server, which has no blocks beyond 32 bits.
        guard isIncremental else { return relation.firstBlock &+ UInt32(truncatingIfNeeded: offset / page) }
        guard let pages, offset >= pages.dataStart else { return nil }
        let index = Int((offset - Int64(pages.dataStart)) / page)
        return index < pages.blocks.count ? relation.firstBlock &+ pages.blocks[index] : nil
    }

    /// - Parameter pagesHaveChecksums: false where that was not known before, and they have none.
    func finish(pagesHaveChecksums: Bool = true) -> [FileFlaw] {
        var problems: [String] = []
        if size != knownSize { problems.append("it was \(knownSize) bytes long at first and \(size) when it was read") }
        if pagesHaveChecksums { problems += pageProblems }
        let computed = expected?.algorithm == .sha256 ? sha256 ?? checksum?.hex : checksum?.hex
        if let expected, let stored = expected.checksum, let computed, stored != computed {
            problems.append("its \(expected.algorithm.rawValue) is \(computed), and the manifest says \(stored)")
        }
        return problems.isEmpty ? [] : [FileFlaw(path: path, problem: problems.joined(separator: "; "))]
    }

    private var pageProblems: [String] {
        guard relation != nil else { return [] }
        var problems: [String] = []
        if badCount > 0 {
            let blocks = bad.map { String($0.block) }.joined(separator: ", ")
            problems.append(
                "\(badCount) of its pages \(badCount == 1 ? "has" : "have") a wrong data checksum: block \(blocks)"
                    + (badCount > bad.count ? ", …" : ""))
        }
        if isIncremental {
            if pages?.size != size { problems.append("it is not a file with some pages of a relation, or is cut off") }
        } else if size % Int64(PageChecksum.pageSize) != 0 {
            problems.append("it ends within a page")
        }
        return problems
    }
}
