import Files
import Foundation
import Glibc
import SystemPackage

/// The files of one relation's main fork: `16384`, `16384.1`, `16384.2`, … Each but the last is of 1 GiB (`RELSEG_SIZE` of
/// `pg_config.h`, as every package builds it).
package struct RelationSegments: Sendable {
    /// Bytes of a page (`BLCKSZ`).
    package static let pageSize = 8192
    static let pagesPerSegment = 131_072

    private let files: [FilePath]
    /// Whole pages of the relation.
    package let pages: Int

    /// - Parameter path: of the first file.
    /// - Throws: ``RelationFilesError`` where a file is missing or too short; `Errno` where one cannot be looked at.
    package init(at path: FilePath) throws {
        var files: [FilePath] = []
        var bytes = 0
        var isAtEnd = false
        while true {
            let name = files.isEmpty ? path : FilePath("\(path).\(files.count)")
            var status = stat()
            guard lstat(name.string, &status) == 0 else {
                guard errno == ENOENT else { throw Errno(rawValue: errno) }
                break
            }
            // A table that became smaller keeps its later segments, with nothing in them.
            guard !isAtEnd || status.st_size == 0 else {
                throw RelationFilesError.segment(files.count - 1)
            }
            isAtEnd = status.st_size < Self.pagesPerSegment * Self.pageSize
            bytes += Int(status.st_size)
            files.append(name)
        }
        guard !files.isEmpty else { throw RelationFilesError.missing }
        self.files = files
        pages = bytes / Self.pageSize
        guard bytes % Self.pageSize == 0 else { throw RelationFilesError.withinPage(bytes: bytes) }
        if let later = Self.later(than: files.count, of: path) { throw RelationFilesError.gap(later) }
    }

    /// A segment behind one that is missing.
    private static func later(than count: Int, of path: FilePath) -> Int? {
        guard count > 0, FileManager.default.fileExists(atPath: "\(path).\(count + 1)") else { return nil }
        return count
    }

    /// Reads every page, in order.
    /// - Parameter body: gets the number of a page and its bytes, which are valid during the call only.
    func read(_ body: (Int, UnsafeRawBufferPointer) -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * Self.pageSize, alignment: 16)
        defer { buffer.deallocate() }
        for (segment, path) in files.enumerated() {
            let file = try FileDescriptor.regularFile(path)
            try file.closeAfter {
                var page = segment * Self.pagesPerSegment
                var filled = 0
                while true {
                    let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                    filled += count
                    let whole = filled / Self.pageSize
                    for index in 0..<whole {
                        body(
                            page + index,
                            UnsafeRawBufferPointer(
                                rebasing: buffer[index * Self.pageSize..<(index + 1) * Self.pageSize]))
                    }
                    page += whole
                    let rest = filled - whole * Self.pageSize
                    if rest > 0, whole > 0 {
                        buffer.baseAddress!.copyMemory(
                            from: buffer.baseAddress! + whole * Self.pageSize, byteCount: rest)
                    }
                    filled = rest
                    if count == 0 { break }
                }
            }
        }
    }
}

/// Files of a relation that are not as a server leaves them.
package enum RelationFilesError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing
    /// This segment ends too early: a later one has pages.
    case segment(Int)
    /// This segment is missing, and the next is there.
    case gap(Int)
    /// The files end within a page, after so many bytes.
    case withinPage(bytes: Int)

    package var description: String {
        switch self {
        case .missing: "its file is missing"
        case .segment(let number): "segment \(number) of its files is cut off: a later one has rows"
        case .gap(let number): "segment \(number) of its files is missing, and the next one is there"
        case .withinPage(let bytes):
            "it is cut off: its \(bytes) bytes end within a page of \(RelationSegments.pageSize)"
        }
    }
}
