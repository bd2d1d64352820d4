import CIsal
import Files
import SystemPackage

/// Names that a data directory holds, read from its files with no server: the bootstrap superuser and the databases.
///
/// The files of a backup that was made while its server ran are older than what recovery makes of them, so these names help
/// to choose, and prove nothing. What cannot be read is left out.
package struct SharedCatalogue: Sendable, Equatable {
    /// A superuser that may log in. That is the role with OID 10 (`BOOTSTRAP_SUPERUSERID` in `pg_authid.dat`), which every cluster
    /// has, under any name; another one where that role may not log in; and that role again where none may.
    package let superuser: String?
    /// In the order of their names; nil where they cannot be read.
    package let databases: [Database]?

    /// A row of `pg_database`.
    package struct Database: Sendable, Equatable {
        package let name: String
        package let isTemplate: Bool
        package let takesConnections: Bool

        package init(name: String, isTemplate: Bool, takesConnections: Bool) {
            self.name = name
            self.isTemplate = isTemplate
            self.takesConnections = takesConnections
        }

        /// Whether somebody's data may be in it.
        package var isOrdinary: Bool { takesConnections && !isTemplate }
    }

    /// Files of the tables of roles and databases that are missing or empty. No server has such: each has a role and databases from
    /// the start.
    package static func lost(in tree: OpenTree) -> [FileFlaw] {
        guard let map = bytes(of: "global/pg_filenode.map", in: tree, atMost: 1024), isSound(map) else { return [] }
        return [(UInt32(1260), "roles"), (1262, "databases")].compactMap { relation, holds in
            guard let node = file(of: relation, in: map) else { return nil }
            let path = "global/\(node)"
            if let file = tree.file(FilePath(path)) {
                return file.state.size > 0 ? nil : FileFlaw(path: path, problem: "it is empty; it holds the \(holds)")
            }
            // An incremental backup has what changed of it.
            if tree.file(FilePath("global/INCREMENTAL.\(node)")) != nil { return nil }
            return FileFlaw(path: path, problem: "it is missing; it holds the \(holds)")
        }
    }

    /// - Returns: nil where it is no data directory.
    package init?(in tree: OpenTree) {
        guard tree.state(of: "global/pg_control") != nil,
            let version = Self.bytes(of: "PG_VERSION", in: tree, atMost: 100),
            let major = Int(String(decoding: version, as: UTF8.self).filter { !$0.isWhitespace })
        else { return nil }
        self.init(tree, major)
    }

    package init(of directory: DataDirectory) { self.init(directory.tree, directory.majorVersion) }

    /// - Parameter majorVersion: of the server, 12 or later; before that, a row's OID was in its header.
    private init(_ tree: OpenTree, _ majorVersion: Int) {
        guard majorVersion >= 12, let map = Self.bytes(of: "global/pg_filenode.map", in: tree, atMost: 1024)
        else {
            (superuser, databases) = (nil, nil)
            return
        }
        func rows(of relation: UInt32) -> [ArraySlice<UInt8>]? {
            guard let node = Self.file(of: relation, in: map),
                let heap = Self.bytes(of: FilePath("global/\(node)"), in: tree, atMost: 64 << 20)
            else { return nil }
            return Self.rows(in: heap)
        }
        superuser = rows(of: 1260).flatMap(Self.superuser)
        databases = rows(of: 1262)?.compactMap { Self.database($0, majorVersion) }.sorted { $0.name < $1.name }
    }

    /// `oid`, `rolname`, `rolsuper`, `rolinherit`, `rolcreaterole`, `rolcreatedb`, `rolcanlogin` (`pg_authid.h`).
    private static func superuser(_ rows: [ArraySlice<UInt8>]) -> String? {
        let superusers = rows.compactMap { row -> (oid: UInt32, name: String, logsIn: Bool)? in
            guard let oid = number(row, at: 0, as: UInt32.self), let name = name(row, at: 4), row.count > 72,
                row[row.startIndex + 68] == 1 || oid == 10
            else { return nil }
            return (oid, name, row[row.startIndex + 72] == 1)
        }
        let first = superusers.last { $0.oid == 10 }
        if let first, first.logsIn { return first.name }
        return superusers.filter(\.logsIn).min { $0.oid < $1.oid }?.name ?? first?.name
    }

    /// `oid`, `datname`, `datdba`, `encoding`, then from 15 on `datlocprovider`, before that two names of locales; then
    /// `datistemplate` and `datallowconn` (`pg_database.h`).
    private static func database(_ row: ArraySlice<UInt8>, _ majorVersion: Int) -> Database? {
        let flags = row.startIndex + (majorVersion >= 15 ? 77 : 204)
        guard flags + 1 < row.endIndex, let name = name(row, at: 4) else { return nil }
        return Database(name: name, isTemplate: row[flags] != 0, takesConnections: row[flags + 1] == 1)
    }

    // MARK: Files

    /// - Returns: nil where the file cannot be read, or is larger.
    private static func bytes(of name: FilePath, in tree: OpenTree, atMost limit: Int) -> [UInt8]? {
        try? tree.file(name)?.read(limit: limit)
    }

    /// Whether the checksum of a map of files is right (`RelMapFile` in `relmapper.c`: 62 places until 15, 64 since 16).
    private static func isSound(_ map: [UInt8]) -> Bool {
        let end = map.count >= 524 ? 520 : 504
        guard let sum = number(map[...], at: end, as: UInt32.self) else { return false }
        var mapped = map.prefix(end)
        return mapped.withUnsafeMutableBytes { ~crc32_iscsi($0.baseAddress!, Int32(end), .max) } == sum
    }

    /// The file of a shared table: `RelMapFile` in `relmapper.c` is a magic number, a count, and pairs of a relation and its
    /// file.
    private static func file(of relation: UInt32, in map: [UInt8]) -> UInt32? {
        let map = map[...]
        guard number(map, at: 0, as: UInt32.self) == 0x592717, let count = number(map, at: 4, as: UInt32.self),
            count <= 64
        else { return nil }
        return (0..<Int(count)).first { number(map, at: 8 + 8 * $0, as: UInt32.self) == relation }
            .flatMap { number(map, at: 12 + 8 * $0, as: UInt32.self) }
    }

    // MARK: Rows

    /// The values of each row that no later one replaces, in the order of the file (`bufpage.h`, `htup_details.h`).
    private static func rows(in heap: [UInt8]) -> [ArraySlice<UInt8>] {
        var rows: [ArraySlice<UInt8>] = []
        for start in stride(from: 0, to: heap.count - 8191, by: 8192) {
            let page = heap[start..<start + 8192]
            guard let lower = number(page, at: 12, as: UInt16.self), lower >= 24, lower <= 8192 else { continue }
            for place in stride(from: 24, to: Int(lower) - 3, by: 4) {
                guard let pointer = number(page, at: place, as: UInt32.self), (pointer >> 15) & 3 == 1 else { continue }
                let (offset, length) = (Int(pointer & 0x7FFF), Int(pointer >> 17))
                guard length >= 24, offset + length <= 8192 else { continue }
                let row = page[start + offset..<start + offset + length]
                let mask = number(row, at: 20, as: UInt16.self) ?? 0
                // HEAP_XMAX_INVALID, HEAP_XMAX_LOCK_ONLY: nothing has deleted or replaced it.
                let isLast = mask & 0x0800 != 0 || mask & 0x0080 != 0 || number(row, at: 4, as: UInt32.self) == 0
                // HEAP_XMIN_INVALID without HEAP_XMIN_COMMITTED: whatever wrote it was undone.
                guard isLast, mask & 0x0300 != 0x0200 else { continue }
                let header = Int(row[row.startIndex + 22])
                if header < length { rows.append(row[(row.startIndex + header)...]) }
            }
        }
        return rows
    }

    private static func name(_ row: ArraySlice<UInt8>, at offset: Int) -> String? {
        let start = row.startIndex + offset
        guard start + 64 <= row.endIndex else { return nil }
        let bytes = row[start..<start + 64].prefix { $0 != 0 }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }

    /// A number in the byte order of x86 and ARM, in which PostgreSQL's files are on these machines.
    private static func number<Number: FixedWidthInteger>(
        _ bytes: ArraySlice<UInt8>, at offset: Int, as type: Number.Type
    ) -> Number? {
        let start = bytes.startIndex + offset
        guard start + MemoryLayout<Number>.size <= bytes.endIndex else { return nil }
        return (0..<MemoryLayout<Number>.size).reduce(0) {
            $0 | Number(truncatingIfNeeded: bytes[start + $1]) << (8 * $1)
        }
    }
}
