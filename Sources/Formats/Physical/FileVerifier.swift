/// Verifies the bytes of one file while they are read.
struct FileVerifier {
    private let file: DataDirectory.File
    private let expected: BackupManifest.File?
    private let relation: RelationFile?
    private let limit: LogPosition?

    private var checksum: FileChecksum?
    private var size: Int64 = 0
    private var bad: [PageChecksum.Mismatch] = []
    private var badCount = 0

    /// The most bad pages of one file whose numbers are reported.
    private static let named = 5

    /// - Parameter limit: as ``LayOut/checksumsBefore`` says; if it is nil, no page is checked.
    init(_ file: DataDirectory.File, _ expected: BackupManifest.File?, checksumsBefore limit: LogPosition?) {
        self.file = file
        self.expected = expected
        self.limit = limit
        relation = limit == nil ? nil : RelationFile(path: file.path)
        checksum = expected.flatMap { FileChecksum($0.algorithm) }
    }

    /// - Parameter bytes: whole pages; only at the end of the file may one be cut.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        checksum?.add(bytes)
        if let relation {
            // Block numbers wrap as in the server, which has no blocks beyond 32 bits.
            let first = relation.firstBlock &+ UInt32(truncatingIfNeeded: size / Int64(PageChecksum.pageSize))
            for page in 0..<(bytes.count / PageChecksum.pageSize) {
                let start = page * PageChecksum.pageSize
                let bytes = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + PageChecksum.pageSize)])
                guard let mismatch = PageChecksum.mismatch(bytes, block: first &+ UInt32(page), changedBefore: limit)
                else { continue }
                badCount += 1
                if bad.count < Self.named { bad.append(mismatch) }
            }
        }
        size += Int64(bytes.count)
    }

    func finish() -> [FileFlaw] {
        var problems: [String] = []
        if size != file.size { problems.append("it was \(file.size) bytes long at first and \(size) when it was read") }
        if badCount > 0 {
            let blocks = bad.map { String($0.block) }.joined(separator: ", ")
            problems.append(
                "\(badCount) of its pages \(badCount == 1 ? "has" : "have") a wrong data checksum: block \(blocks)"
                    + (badCount > bad.count ? ", …" : ""))
        }
        if relation != nil, size % Int64(PageChecksum.pageSize) != 0 { problems.append("it ends within a page") }
        if let expected, let stored = expected.checksum, let computed = checksum?.hex, stored != computed {
            problems.append("its \(expected.algorithm.rawValue) is \(computed), and the manifest says \(stored)")
        }
        return problems.isEmpty ? [] : [FileFlaw(path: file.path, problem: problems.joined(separator: "; "))]
    }
}
