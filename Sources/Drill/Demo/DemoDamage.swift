import Archive
import Files
import Foundation
import SystemPackage

/// What happens to backups in life, and what `pg_restore` does not notice in a directory dump.
enum DemoDamage: String, CaseIterable {
    case emptied, cut, unlisted

    /// What was done to the copy, for people.
    var words: String {
        switch self {
        case .emptied: "the file with the rows of harvests is empty, as a full disk leaves it"
        case .cut:
            "the file with the rows of visits ends in the middle, at the end of a row, as a broken transfer leaves it"
        case .unlisted: "the list of large objects is empty, so the pictures beside it belong to nobody"
        }
    }

    /// Does it to a copy of the dump.
    /// - Throws: ``Archive/ArchiveError`` or ``MissingPart`` where the copy is not what pg_dump writes; errors of files.
    func apply(to dump: FilePath) throws {
        switch self {
        case .emptied: try Self.change(Self.rows(of: "harvests", in: dump)) { $0 = [] }
        case .cut:
            try Self.change(Self.rows(of: "visits", in: dump)) { bytes in
                let half = bytes[..<(bytes.count / 2)]
                guard let end = half.lastIndex(of: UInt8(ascii: "\n")) else { throw MissingPart(name: "a row") }
                bytes = Array(half[...end])
            }
        case .unlisted: try Self.change(Self.list(in: dump)) { $0 = [] }
        }
    }

    /// The file that has the rows of a table.
    private static func rows(of table: String, in dump: FilePath) throws -> FilePath {
        let contents = try Dump.open(OpenTree(at: dump)).contents
        guard let entry = contents?.entries.first(where: { $0.kind == "TABLE DATA" && $0.tag == table }),
            case .file(let name) = entry.data
        else { throw MissingPart(name: "the rows of \(table)") }
        return dump.appending(name)
    }

    /// The list of large objects: `blobs.toc`, since PostgreSQL 17 `blobs_ID.toc`.
    private static func list(in dump: FilePath) throws -> FilePath {
        let names = try FileManager.default.contentsOfDirectory(atPath: dump.string)
        guard let name = names.sorted().first(where: { $0.wholeMatch(of: /blobs(_[0-9]+)?\.toc/) != nil }) else {
            throw MissingPart(name: "the list of large objects")
        }
        return dump.appending(name)
    }

    private static func change(_ file: FilePath, _ body: (inout [UInt8]) throws -> Void) throws {
        var bytes = try Files.read(file, limit: 1 << 24)
        try body(&bytes)
        try Files.replace(file, with: bytes, mode: [.ownerReadWrite])
    }
}

/// The dump has not what the demonstration damages.
struct MissingPart: Error, CustomStringConvertible {
    let name: String

    var description: String { "the dump that was to be damaged does not have \(name)" }
}
