import Findings

/// Verifies the bytes of one file of a base backup while they are read.
struct FileVerifier {
    private let path: String
    /// When the file was first looked at, in bytes.
    private let knownSize: Int64
    private let expected: BackupManifest.File?
    private let relation: RelationFile?
    private let limit: LogPosition?
    /// As ``LayOut/moment`` says; nil checks no page for that.
    private let moment: CopyMoment?
    /// What was changed of the pages before replay begins.
    private let before: [UInt32: LogPosition]?

    private var checksum: FileChecksum?
    /// In hex, where somebody else computed it.
    private var sha256: String?
    private var size: Int64 = 0
    private var bad: [PageChecksum.Mismatch] = []
    private var badCount = 0
    /// Pages that were changed after the log ends.
    private var later = PageCount()
    /// Pages that lack a change that was written to them.
    private var older = PageCount()

    private struct PageCount {
        var count = 0
        var first: UInt32 = 0

        mutating func add(_ block: UInt32) {
            if count == 0 { first = block }
            count += 1
        }

        var words: String { "\(count) of its pages (block \(first)\(count > 1 ? ", …" : ""))" }
    }

    /// Set in an incremental backup, for a file with some of a relation's pages.
    private var pages: IncrementalFile?
    /// Whether by its name it is such a file.
    let isIncremental: Bool

    /// The most bad pages of one file whose numbers are reported.
    private static let named = 5

    /// - Parameters:
    ///   - limit: as ``LayOut/checksumsBefore`` says; if it is nil, no checksum of a page is checked.
    ///   - moment: as ``LayOut/moment`` says.
    ///   - takesSHA256: whether ``take(sha256:)`` is called, so that it is not computed here too.
    init(
        _ path: String, size: Int64, _ expected: BackupManifest.File?, checksumsBefore limit: LogPosition?,
        moment: CopyMoment? = nil, takesSHA256: Bool = false
    ) {
        self.path = path
        self.expected = expected
        self.limit = limit
        self.moment = moment
        knownSize = size
        let whole = IncrementalFile.whole(path)
        isIncremental = whole != nil
        relation = limit == nil && moment == nil ? nil : RelationFile(path: whole ?? path)
        before = relation.flatMap { moment?.before.changes(of: $0) }
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
                noteMoment(of: page, block)
                guard let limit, let mismatch = PageChecksum.mismatch(page, block: block, changedBefore: limit) else {
                    continue
                }
                badCount += 1
                if bad.count < Self.named { bad.append(mismatch) }
            }
        }
        size += Int64(bytes.count)
    }

    private mutating func noteMoment(of page: UnsafeRawBufferPointer, _ block: UInt32) {
        guard let moment else { return }
        let changed = PageChecksum.lastChange(of: page)
        if changed > moment.logEnd { later.add(block) }
        // A page without any change may have been cut off meanwhile, and be a new one.
        if let last = before?[block], changed < last, changed.value > 0 { older.add(block) }
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
        problems += momentProblems
        let computed = expected?.algorithm == .sha256 ? sha256 ?? checksum?.hex : checksum?.hex
        if let expected, let stored = expected.checksum, let computed, stored != computed {
            problems.append("its \(expected.algorithm.rawValue) is \(computed), and the manifest says \(stored)")
        }
        return problems.isEmpty ? [] : [FileFlaw(path: path, problem: problems.joined(separator: "; "))]
    }

    private var momentProblems: [String] {
        guard let moment else { return [] }
        var problems: [String] = []
        if later.count > 0 {
            problems.append("\(later.words) changed after the log of the copy ends, at \(moment.logEnd)")
        }
        if older.count > 0 {
            problems.append("\(older.words) lack a change that the log has, and that replay does not repeat")
        }
        guard !problems.isEmpty else { return [] }
        return problems + ["the files are of different moments, as cp leaves them while a server runs, or damaged"]
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
        guard limit != nil else { return problems }
        if isIncremental {
            if pages?.size != size { problems.append("it is not a file with some pages of a relation, or is cut off") }
        } else if size % Int64(PageChecksum.pageSize) != 0 {
            problems.append("it ends within a page")
        }
        return problems
    }
}
