/// Relations of which a file in the middle is missing or cut off, told by the names and sizes of files alone.
///
/// Each file of a relation but its last has 1 GiB (`RELSEG_SIZE`); a relation that became smaller keeps empty files at its end.
/// While a server runs, a relation that is removed may leave such a gap in a copy: the log then says that it was removed.
struct SegmentGaps: Sendable {
    private(set) var flaws: [(relation: RelationFile, flaw: FileFlaw)] = []

    private static let full = Int64(RelationFile.blocksPerSegment) * Int64(PageChecksum.pageSize)

    private struct Key: Hashable {
        let directory: Substring
        let node: UInt32
        let fork: String
    }

    init(in files: [(path: String, size: Int64)]) {
        var relations: [Key: [UInt32: (file: RelationFile, path: String, size: Int64)]] = [:]
        for (path, size) in files {
            guard let file = RelationFile(path: path), let slash = path.lastIndex(of: "/") else { continue }
            let key = Key(directory: path[..<slash], node: file.node, fork: file.fork)
            relations[key, default: [:]][file.segment] = (file, path, size)
        }
        for (key, segments) in relations {
            guard let last = segments.filter({ $0.value.size > 0 }).keys.max(), last > 0,
                let relation = segments[last]?.file
            else { continue }
            for number in 0..<last {
                let name = "\(key.directory)/\(key.node)\(key.fork == "main" ? "" : "_\(key.fork)")"
                let path = number == 0 ? name : "\(name).\(number)"
                let there = segments[number]
                guard there?.size != Self.full else { continue }
                let problem =
                    there.map { "it has \($0.size) bytes, and a later file of its relation has pages" }
                    ?? "it is missing, and a later file of its relation is there"
                flaws.append((relation, FileFlaw(path: path, problem: problem)))
                // One says enough of a relation of many files.
                break
            }
        }
        flaws.sort { $0.flaw.path < $1.flaw.path }
    }

    /// What to look for in the log.
    var sought: [RelationLocator] { flaws.map { RelationLocator($0.relation) } }

    /// Without what the log says was removed, or cut off, while the copy was made.
    func flaws(without removed: Set<RelationLocator>) -> [FileFlaw] {
        flaws.filter { !removed.contains(RelationLocator($0.relation)) }.map(\.flaw)
    }
}
