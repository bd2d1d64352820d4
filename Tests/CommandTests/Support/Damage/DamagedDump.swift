import Archive
import Files
import Foundation
import Sample
import SystemPackage
import Testing
import Values

/// A copy of a good dump, to be damaged.
struct DamagedDump {
    let form: DamageForm
    let path: FilePath

    /// The archive, the script, or the table of contents of a directory.
    var main: FilePath { form.format == .directory ? path.appending("toc.dat") : path }

    /// The file that holds the rows of a table.
    func rows(of table: String) throws -> FilePath {
        guard form.format == .directory else { return path }
        guard case .file(let name) = try entry(of: table).data else { throw Unfit(description: "\(table) has no file") }
        return path.appending(name + form.suffix)
    }

    struct Unfit: Error, CustomStringConvertible { let description: String }

    // MARK: Changes

    func edit(_ file: FilePath, _ change: (inout Data) throws -> Void) throws {
        let place = URL(filePath: file.string)
        var bytes = try Data(contentsOf: place)
        try change(&bytes)
        try bytes.write(to: place)
    }

    /// Puts other words in place of the first that are like them.
    func replace(_ old: String, by new: String, in file: FilePath) throws {
        try edit(file) { bytes in
            guard let range = bytes.range(of: Data(old.utf8)) else { throw Unfit(description: "there is no \(old)") }
            bytes.replaceSubrange(range, with: Data(new.utf8))
        }
    }

    func cut(_ file: FilePath, to length: (Data) throws -> Int) throws {
        try edit(file) { bytes in
            let end = try length(bytes)
            guard (0..<bytes.count).contains(end) else { throw Unfit(description: "nothing is cut off at \(end)") }
            bytes = bytes.prefix(end)
        }
    }

    func flip(_ file: FilePath, at place: Int, _ mask: UInt8 = 1) throws { try edit(file) { $0[place] ^= mask } }

    /// Changes the first bit of a file, from a place on, after which all still decodes, and holds as many rows, whose values and keys can be.
    func flipUnseen(_ file: FilePath, from start: Int) throws {
        let good = try sound()
        let size = try Data(contentsOf: URL(filePath: file.string)).count
        for place in start..<size {
            for bit in 0..<8 {
                try flip(file, at: place, 1 << bit)
                if let changed = try sound(), changed != good { return }
                try flip(file, at: place, 1 << bit)
            }
        }
        throw Unfit(description: "no bit of it can be changed")
    }

    /// The tables as an inspection reads them; nil if it finds something wrong.
    private func sound() throws -> [TableContents]? {
        let reading = try Dump.open(OpenTree.ofBackup(at: path)).read(keys: KeyStore(directory: "/tmp"))
        guard reading.flaws.isEmpty, let rows = reading.rows else { return nil }
        let hasValues = rows.tables.allSatisfy { table in
            table.findings.allSatisfy { $0.misfits == 0 && $0.nulls == 0 && $0.unjudged == 0 }
        }
        let hasKeys = (rows.uniqueKeys + rows.foreignKeys).allSatisfy { key in
            if case .holds = key.outcome { true } else { false }
        }
        return hasValues && hasKeys ? reading.tables : nil
    }

    // MARK: Places in an archive

    func entry(of table: String) throws -> ArchiveEntry {
        try #require(try entries().first { $0.kind == "TABLE DATA" && $0.tag == table }, "no data of \(table)")
    }

    func entries() throws -> [ArchiveEntry] {
        let contents = try Dump.open(OpenTree.ofBackup(at: path)).contents
        return try #require(contents, "it has no table of contents").entries
    }

    /// Where the block of a table begins in a custom archive.
    func block(of table: String) throws -> Int {
        guard case .offset(let offset) = try entry(of: table).data else {
            throw Unfit(description: "\(table) has no offset")
        }
        return Int(offset)
    }

    /// Where the last block begins.
    func lastBlock() throws -> Int {
        let offsets = try entries().compactMap { entry -> Int? in
            if case .offset(let offset) = entry.data { Int(offset) } else { nil }
        }
        return try #require(offsets.max())
    }

    /// Where the number of entries begins: behind the header, which ends with three texts (`ReadHead` in
    /// `pg_backup_archiver.c`). Its first byte is the sign.
    func count() throws -> Int {
        let bytes = Array(try Data(contentsOf: URL(filePath: main.string)))
        // PGDMP, three bytes of version, the sizes of integers and offsets, the format; then the compression and seven numbers.
        var place = 11 + (bytes[6] >= 15 ? 1 : 5) + 7 * 5
        for _ in 0..<3 {
            let length = bytes[(place + 1)..<(place + 5)].reversed().reduce(0) { $0 << 8 | Int($1) }
            place += 5 + length
        }
        return place
    }

    /// Where an entry says that it has data: its number, and then a 1 (`ReadToc`).
    func hasData(_ table: String) throws -> Int {
        let number = withUnsafeBytes(of: try entry(of: table).dumpID.littleEndian, Array.init)
        let bytes = try Data(contentsOf: URL(filePath: main.string))
        let range = try #require(bytes.range(of: Data([0] + number + [0, 1, 0, 0, 0])), "no entry of \(table)")
        return range.lowerBound + 6
    }

    /// Where the header of a member of a tar file begins.
    func member(_ name: (String) -> Bool) throws -> (start: Int, size: Int) {
        let bytes = try Data(contentsOf: URL(filePath: path.string))
        var place = 0
        while place + 512 <= bytes.count, bytes[place] != 0 {
            let text = String(decoding: bytes[place..<(place + 100)].prefix { $0 != 0 }, as: UTF8.self)
            let digits = String(decoding: bytes[(place + 124)..<(place + 135)], as: UTF8.self)
            let size = Int(digits.trimmingCharacters(in: .whitespaces), radix: 8) ?? 0
            if name(text) { return (place, size) }
            place += 512 + (size + 511) / 512 * 512
        }
        throw Unfit(description: "the tar file has no such member")
    }
}
