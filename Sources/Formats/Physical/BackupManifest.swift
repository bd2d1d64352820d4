import Bytes
import Crypto
import Files
import Findings
import Foundation
import SystemPackage

/// What `pg_basebackup` wrote about a backup: every file with its size and checksum, and the log that is needed to make
/// it consistent (PostgreSQL documentation, "Backup Manifest Format").
package struct BackupManifest: Sendable {
    package static let fileName = "backup_manifest"

    /// The files of the backup, by path relative to the data directory.
    package let files: [String: File]
    package let logRanges: [LogRange]
    /// Set from PostgreSQL 17 on.
    package let systemIdentifier: String?

    /// Where the log ends that must be replayed; nil where it names none.
    package var end: LogPosition? { logRanges.map(\.end).max() }

    package struct File: Sendable, Equatable {
        package let size: Int64
        package let algorithm: ChecksumAlgorithm
        /// Lowercase hex; nil with the algorithm ``ChecksumAlgorithm/none``.
        package let checksum: String?
    }

    /// Log of one timeline that must be replayed.
    package struct LogRange: Sendable, Equatable {
        package let timeline: UInt32
        package let start: LogPosition
        package let end: LogPosition
    }

    /// The largest manifest that is read, in bytes: that of some two million files.
    static let limit = 512 << 20

    /// Reads a manifest and verifies the checksum that it has of itself.
    /// - Throws: ``ManifestError``; ``Files/FileError`` where it cannot be read.
    package init(_ file: TreeFile) throws {
        guard file.state.size <= Self.limit else { throw ManifestError.tooLarge(limit: Self.limit) }
        try self.init(Data(file.read(limit: Self.limit)))
    }

    /// - Throws: ``ManifestError``.
    init(bytes: [UInt8]) throws(ManifestError) {
        guard bytes.count <= Self.limit else { throw .tooLarge(limit: Self.limit) }
        try self.init(Data(bytes))
    }

    init(_ data: Data) throws(ManifestError) {
        let stored: Stored
        do {
            stored = try StrictJSON.decode(Stored.self, from: data)
        } catch let error as StrictJSONError where error.isAmbiguous {
            throw .malformed("it \(error)")
        } catch {
            throw .malformed("it is no JSON of its form, perhaps cut off")
        }
        guard (1...2).contains(stored.version) else { throw .version(stored.version) }
        try Self.check(data, against: stored.checksum)
        systemIdentifier = stored.systemIdentifier.map(String.init)
        var files: [String: File] = [:]
        for entry in stored.files {
            let (path, file) = try entry.file()
            guard files.updateValue(file, forKey: path) == nil else { throw .malformed("it has \(path) twice") }
        }
        self.files = files
        logRanges = try stored.logRanges.map { range throws(ManifestError) in
            guard let start = LogPosition(range.start), let end = LogPosition(range.end), start <= end else {
                throw .malformed("a WAL range in it is not valid")
            }
            return LogRange(timeline: range.timeline, start: start, end: end)
        }
    }

    static func checksum(of lines: Data) -> String { Hex.encode(SHA256.hash(data: lines)) }

    /// The last line has the SHA-256 of all lines before it.
    private static func check(_ data: Data, against checksum: String) throws(ManifestError) {
        guard let last = data.dropLast().lastIndex(of: UInt8(ascii: "\n")) else {
            throw .malformed("it has a single line")
        }
        let digest = Self.checksum(of: data[...last])
        guard digest == checksum.lowercased() else { throw .checksum(stored: checksum, computed: digest) }
    }

    private struct Stored: Decodable {
        let version: Int
        let systemIdentifier: UInt64?
        let files: [Entry]
        let logRanges: [Range]
        let checksum: String

        enum CodingKeys: String, CodingKey {
            case version = "PostgreSQL-Backup-Manifest-Version"
            case systemIdentifier = "System-Identifier"
            case files = "Files"
            case logRanges = "WAL-Ranges"
            case checksum = "Manifest-Checksum"
        }
    }

    private struct Range: Decodable {
        let timeline: UInt32
        let start: String
        let end: String

        enum CodingKeys: String, CodingKey {
            case timeline = "Timeline"
            case start = "Start-LSN"
            case end = "End-LSN"
        }
    }

    private struct Entry: Decodable {
        let path: String?
        let encodedPath: String?
        let size: Int64
        let algorithm: String?
        let checksum: String?

        enum CodingKeys: String, CodingKey {
            case path = "Path"
            case encodedPath = "Encoded-Path"
            case size = "Size"
            case algorithm = "Checksum-Algorithm"
            case checksum = "Checksum"
        }

        func file() throws(ManifestError) -> (String, File) {
            guard encodedPath == nil else {
                throw .malformed("it has a file name that is not UTF-8, which is not read here")
            }
            guard let path, FilePath(path).isRelative, !path.isEmpty, size >= 0,
                !path.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
                    ["", ".", ".."].contains($0)
                })
            else { throw .malformed("it has a file without a path within the backup") }
            guard let algorithm else {
                return (path, File(size: size, algorithm: .none, checksum: nil))
            }
            guard let known = ChecksumAlgorithm(rawValue: algorithm.uppercased()), let checksum else {
                throw .malformed("its checksum of \(path) has an unknown algorithm, or is missing")
            }
            return (path, File(size: size, algorithm: known, checksum: checksum.lowercased()))
        }
    }
}

/// Why a manifest cannot be used.
package enum ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case malformed(String)
    case version(Int)
    case checksum(stored: String, computed: String)

    package var description: String {
        switch self {
        case .tooLarge(let limit): "the manifest is larger than \(limit >> 20) MiB"
        case .malformed(let what): "the manifest cannot be read: \(what)"
        case .version(let version): "the manifest has the version \(version), which is not known here"
        case .checksum(let stored, let computed):
            "the manifest is damaged: its SHA-256 is \(computed), and it says \(stored)"
        }
    }
}
