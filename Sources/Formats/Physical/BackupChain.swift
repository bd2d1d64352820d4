import Files
import Foundation
import SystemPackage

/// An incremental backup and the backups that it builds on, down to a full one. All of them are in the same directory.
package struct BackupChain: Sendable {
    /// The full backup first.
    package let links: [DataDirectory]

    package var bytes: Int64 { links.reduce(0) { $0 + $1.bytes } }

    /// The longest chain that is followed. A longer one would be a mistake, or a circle.
    private static let longest = 1000

    /// - Returns: nil where there is no incremental backup at the path.
    /// - Throws: ``BackupChainError``, ``DataDirectoryError``, ``ManifestError``; `Errno` where something cannot be
    ///   read.
    package init?(endingAt path: FilePath) throws {
        guard Self.label(of: path)?.incrementalFrom != nil, let last = try DataDirectory(at: path) else { return nil }
        let beside = path.removingLastComponent()
        let labels = try FileManager.default.contentsOfDirectory(atPath: beside.string).sorted().compactMap { name in
            Self.label(of: beside.appending(name)).map { (path: beside.appending(name), label: $0) }
        }
        var links = [last]
        while let label = links[0].label, let from = label.incrementalFrom {
            guard links.count < Self.longest else { throw BackupChainError.circle(path) }
            let name = links[0].path.lastComponent?.string ?? path.string
            let found = labels.filter { $0.label.start == from && $0.label.timeline == label.incrementalTimeline }
            let before = try found.compactMap { try DataDirectory(at: $0.path) }
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

    /// - Returns: nil where the path is not that of a base backup.
    private static func label(of path: FilePath) -> BackupLabel? {
        let file = path.appending(BackupLabel.fileName)
        guard Files.exists(file) else { return nil }
        return (try? DataDirectory.text(of: file)).flatMap { BackupLabel($0) }
    }
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
