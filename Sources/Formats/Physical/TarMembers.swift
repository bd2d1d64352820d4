import Archive

extension TarredBackup {
    /// What a tar file of a base backup holds, with a name that is safe to use.
    struct Member: Sendable {
        /// Below the data directory, without a slash at its end.
        let path: String
        let kind: Kind

        enum Kind: Sendable {
            case file(size: Int64)
            case directory
            /// The link to a tablespace, which leads to a path of another machine. Its files come in a tar file of their own.
            case tablespace(UInt32)
        }
    }

    /// The base tar file comes first: the places of tablespaces must be known before files belong there.
    var partsInOrder: [Part] { parts.sorted { $0.place == .base && $1.place != .base } }

    /// Reads the members of a tar file, one after the other. The names are checked, because a backup may be hostile.
    /// - Parameter body: gets each member, with the stream at the beginning of its data.
    /// - Returns: the size of the tar file.
    /// - Throws: ``Archive/ArchiveError``, ``DataDirectoryError``; what `body` throws.
    static func readMembers(of part: Part, _ body: (Member, inout TarStream) throws -> Void) throws -> Int64 {
        var stream = try TarStream(part.file)
        while let header = try stream.next() {
            let path = try path(of: header.name, in: part)
            let kind: Member.Kind
            switch header.kind {
            case .directory: kind = .directory
            case .link:
                guard let oid = tablespace(path) else { throw DataDirectoryError.link(path) }
                kind = .tablespace(oid)
            case .file: kind = .file(size: header.size)
            case .other: throw DataDirectoryError.special(path)
            }
            try body(Member(path: path, kind: kind), &stream)
        }
        return stream.compressedBytesRead
    }

    private static func path(of name: String, in part: Part) throws(DataDirectoryError) -> String {
        // The server writes some names as `./pg_wal/archive_status/`.
        let steps = name.split(separator: "/").filter { $0 != "." }
        guard !name.hasPrefix("/"), !steps.isEmpty, !steps.contains("..") else { throw .outside(name) }
        let path = steps.joined(separator: "/")
        return switch part.place {
        case .base: path
        case .log: "pg_wal/\(path)"
        case .tablespace(let oid): "pg_tblspc/\(oid)/\(path)"
        }
    }

    private static func tablespace(_ path: String) -> UInt32? {
        path.wholeMatch(of: /pg_tblspc\/([0-9]+)/).flatMap { UInt32($0.1) }
    }
}

extension TarStream {
    /// Reads the rest of the current member, in pieces as large as the buffer; only the last may be shorter.
    mutating func readMember(
        through buffer: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer, _ read: Int64) throws -> Void
    ) throws {
        while true {
            let count = try read(into: buffer)
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]), compressedBytesRead)
        }
    }
}
