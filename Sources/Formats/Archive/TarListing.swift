import Files

/// Which dump is in a tar file, compressed or not.
struct TarListing {
    /// True for the output of `pg_dump -Ft`, and false for a directory dump that was packed with tar.
    let isOfPgDump: Bool
    /// Where the directory dump is in the file: `shop/`, or empty.
    let directory: String
    let header: ArchiveHeader

    /// - Throws: ``ArchiveError``; ``NoDumpInTar`` where there is no such dump, or other things.
    static func read(_ file: TreeFile) throws -> TarListing {
        var stream = try TarStream(file)
        var seen = Seen()
        while seen.isWorthMore, let member = try stream.next() {
            guard member.kind == .file else { continue }
            let place = MemberPlace(member.name)
            let isFirst = seen.names.isEmpty
            let start = try stream.bytes(of: member, atMost: place.file == "toc.dat" ? FileStart.size : 4096)
            guard place.file == "toc.dat" else {
                try seen.add(member.name, place, FileStart(bytes: start))
                continue
            }
            var cursor = ArchiveCursor(FileCursor(start, of: file.path))
            let header = try ArchiveHeader(from: &cursor, formats: [.tar])
            // pg_dump writes it first, under this very name, and compresses no member.
            let isOfPgDump = isFirst && member.name == "toc.dat" && !isCompressed(nextName(of: &stream))
            return TarListing(isOfPgDump: isOfPgDump, directory: place.directory, header: header)
        }
        if seen.hasParts {
            throw ArchiveError.notADump(file.path, looksLike: "a directory dump in a tar file that lacks its toc.dat")
        }
        throw seen.dumps.isEmpty ? NoDumpInTar.nothing(seen.names) : NoDumpInTar.files(seen.dumps)
    }

    /// The members before a `toc.dat`.
    private struct Seen {
        var names: [String] = []
        /// Members that are dumps by themselves.
        var dumps: [String] = []
        /// Whether files of a directory dump are among them.
        var hasParts = false

        /// After so many members without a sign of a directory dump, no more are looked at.
        var isWorthMore: Bool { hasParts ? true : names.count < 1000 }

        mutating func add(_ name: String, _ place: MemberPlace, _ start: FileStart) throws(NoDumpInTar) {
            names.append(name)
            if place.file.wholeMatch(of: /([0-9]+|blob_[0-9]+)\.dat(\.(gz|lz4|zst))?/) != nil {
                hasParts = true
            } else if ["PG_VERSION", "pg_control", "backup_label"].contains(place.file) {
                throw .dataDirectory
            } else if start.isDump {
                dumps.append(name)
            }
        }
    }

    /// - Returns: empty where the file ends, or is damaged: whoever reads all of it says so.
    private static func nextName(of stream: inout TarStream) -> String { (try? stream.next()?.name) ?? "" }

    private static func isCompressed(_ name: String) -> Bool {
        [".gz", ".lz4", ".zst"].contains { name.hasSuffix($0) }
    }
}

/// A tar file with something else in it than one dump.
package enum NoDumpInTar: Error, Sendable, Equatable {
    /// Dumps as files of their own.
    case files([String])
    /// More than one directory dump.
    case directories([String])
    case dataDirectory
    /// These members, and none is a dump.
    case nothing([String])
}

/// The name of a member of a tar file, in two parts.
struct MemberPlace {
    /// With a slash at its end; empty for a member that is in no directory.
    let directory: String
    let file: String

    /// - Parameter name: may begin with `./`, as tar writes it.
    init(_ name: String) {
        let steps = name.split(separator: "/").filter { $0 != "." }
        directory = steps.dropLast().map { "\($0)/" }.joined()
        file = steps.last.map(String.init) ?? ""
    }
}
