import Files
import SystemPackage

/// An incremental backup and the backups that it builds on, down to a full one. All of them are in the same directory.
package struct BackupChain: Sendable {
    /// The full backup first.
    package let links: [DataDirectory]

    package var bytes: Int64 { links.reduce(0) { $0 + $1.bytes } }

    /// The longest chain that is followed. A longer one would be a mistake, or a circle.
    private static let longest = 1000

    /// - Returns: nil where it is no incremental backup.
    /// - Throws: ``BackupChainError``, ``DataDirectoryError``, ``ManifestError``; ``Files/FileError`` where something cannot be
    ///   read.
    package init?(endingAt tree: OpenTree) throws {
        guard Self.label(of: tree)?.incrementalFrom != nil, let last = try DataDirectory(tree) else { return nil }
        let path = tree.path
        let beside = path.removingLastComponent()
        let labels = try Self.labels(in: tree.parent()).map { name, label in
            (path: beside.appending(name), label: label)
        }
        var links = [last]
        while let label = links[0].label, let from = label.incrementalFrom {
            guard links.count < Self.longest else { throw BackupChainError.circle(path) }
            let name = links[0].path.lastComponent?.string ?? path.string
            let found = labels.filter { $0.label.start == from && $0.label.timeline == label.incrementalTimeline }
            let before = try found.compactMap { link in
                try DataDirectory(tree.neighbour(at: link.path)).flatMap { $0.label == link.label ? $0 : nil }
            }
            let own = before.filter { Self.sameSystem($0, links[0]) }
            guard let link = own.first else {
                throw before.first.map {
                    BackupChainError.foreign(
                        name, link: $0.path, system: $0.manifest?.systemIdentifier ?? "",
                        own: links[0].manifest?.systemIdentifier ?? "")
                } ?? BackupChainError.missing(name, from, beside: beside, among: labels.count)
            }
            guard own.count == 1 else { throw BackupChainError.several(name, own.map(\.path)) }
            links.insert(link, at: 0)
        }
        self.links = links
    }

    /// True also where a manifest is missing: the system is then not known, and `pg_combinebackup` will report the
    /// problem.
    private static func sameSystem(_ one: DataDirectory, _ other: DataDirectory) -> Bool {
        guard let one = one.manifest?.systemIdentifier, let other = other.manifest?.systemIdentifier else {
            return true
        }
        return one == other
    }

    /// - Returns: nil where it is no base backup.
    private static func label(of tree: OpenTree) -> BackupLabel? {
        (try? tree.file(FilePath(BackupLabel.fileName))?.head(labelSize)).flatMap {
            BackupLabel(String(decoding: $0, as: UTF8.self))
        }
    }

    /// The labels of all base backups in a directory, by name, sorted.
    private static func labels(in directory: borrowing OpenDirectory) throws -> [(name: String, label: BackupLabel)] {
        var labels: [(name: String, label: BackupLabel)] = []
        for entry in try directory.entries() {
            // What is no base backup, or may not be read, is no link of the chain.
            guard let backup = try? directory.directory(entry), let file = try? backup.file(BackupLabel.fileName) else {
                continue
            }
            var bytes = [UInt8](repeating: 0, count: labelSize)
            guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0, at: 0) }),
                let label = BackupLabel(String(decoding: bytes[..<count], as: UTF8.self))
            else { continue }
            labels.append((entry.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }, label))
        }
        return labels.sorted { $0.name < $1.name }
    }

    /// How many bytes of a label are read.
    private static let labelSize = 64 << 10
}

/// Why the backups that an incremental one builds on could not be found.
package enum BackupChainError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(String, LogPosition, beside: FilePath, among: Int)
    case foreign(String, link: FilePath, system: String, own: String)
    case several(String, [FilePath])
    case circle(FilePath)

    package var description: String {
        switch self {
        case .missing(let name, let start, let directory, let count):
            """
            \(name) builds on a backup that begins at \(start), and none of the \(count) backups in \(directory) does: \
            a link of the chain is missing
            """
        case .foreign(let name, let link, let system, let own):
            """
            \(link.lastComponent?.string ?? link.string), which \(name) seems to build on, is of another server: its \
            system identifier is \(system), and that of \(name) is \(own)
            """
        case .several(let name, let paths):
            """
            \(name) builds on one backup, and here are several that it could be: \
            \(paths.map(\.string).joined(separator: ", ")); leave one of them there
            """
        case .circle(let path): "the backups that \(path) builds on do not end in a full backup"
        }
    }
}
