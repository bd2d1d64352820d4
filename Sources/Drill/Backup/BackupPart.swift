import Files
import Physical

/// A part of a backup that can be read apart from the others.
package struct BackupPart: Sendable, Equatable {
    /// Different for each part.
    package let name: String
    /// What findings about the part name, or begin with.
    package let subject: String
    package let bytes: Int64
    /// Another one if the part was changed: what the file system says of its file, and the checksum that a manifest has.
    package let state: String
}

extension PhysicalBackup {
    /// Its files. The log is none of them: what a recovery begins with is always read.
    package var parts: [BackupPart]? {
        directory.files.filter { !$0.path.hasPrefix("pg_wal/") }.map { file in
            let checksum = directory.manifest?.files[file.path]?.checksum
            return BackupPart(
                name: file.path, subject: file.path, bytes: file.size,
                state: file.source.state.words + (checksum.map { " \($0)" } ?? ""))
        }
    }
}

extension IncrementalBackup {
    /// The files of each backup of the chain.
    package var parts: [BackupPart]? {
        chain.links.flatMap { link in
            (PhysicalBackup(directory: link, clock: clock).parts ?? []).map { part in
                BackupPart(
                    name: Self.name(part.name, of: link), subject: Self.name(part.subject, of: link), bytes: part.bytes,
                    state: part.state)
            }
        }
    }

    /// How findings call something of a link.
    static func name(_ name: String, of link: DataDirectory) -> String {
        "\(link.path.lastComponent?.string ?? "."): \(name)"
    }
}

extension DumpBackup {
    /// The data of each entry, where it is in a file of its own or at a known place; nil where it is not.
    package var parts: [BackupPart]? {
        dump.parts?.map { part in
            BackupPart(name: part.name, subject: part.subject, bytes: part.bytes, state: part.state.words)
        }
    }
}
