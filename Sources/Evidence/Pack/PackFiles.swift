import Compression
import Crypto
import Evidence
import Files
import Findings
import FoundationEssentials
import Ledger
import Report
import SystemPackage

/// The files of a pack, by their names in it.
package struct PackFiles: Sendable, Equatable {
    package internal(set) var files: [String: [UInt8]] = [:]

    /// Bytes of the largest pack, unpacked.
    package static let largest = 1 << 30

    init() {}

    /// Of a tar file in one zstd frame. The names are sorted, so that the same files give the same bytes.
    package func encoded() throws -> [UInt8] {
        let members = files.sorted { $0.key < $1.key }.map { TarFile.Member(name: $0.key, bytes: $0.value) }
        return try Self.compressed(TarFile.encode(members))
    }

    static func compressed(_ tar: [UInt8]) throws -> [UInt8] {
        let encoder = try ZstdBlockEncoder(SeekableZstdSettings(level: 9), withChecksum: true)
        return try tar.withUnsafeBytes(encoder.encode)
    }

    /// - Throws: ``PackError``.
    package init(_ bytes: [UInt8], name: String) throws(PackError) {
        var unpacked: [UInt8] = []
        do {
            var decompressor = try Decompressor(.zstd)
            try decompressor.decompress(bytes.span) { piece in
                guard unpacked.count + piece.count <= Self.largest else { throw PackError.tooLarge(name) }
                piece.withUnsafeBufferPointer { unpacked.append(contentsOf: $0) }
            }
            try decompressor.finish()
        } catch let error as PackError {
            throw error
        } catch {
            throw .unreadable(name, "\(error)")
        }
        guard let members = TarFile.decode(unpacked) else {
            throw .unreadable(name, "its tar file is not as pgassay writes it: it was changed or cut")
        }
        for member in members {
            guard PackNames.isSafe(member.name), files[member.name] == nil else {
                throw .unreadable(name, "it has a file \(member.name.prefix(200)) that no pack has")
            }
            files[member.name] = member.bytes
        }
    }

    /// The files below a folder, without it, sorted.
    func names(below folder: String) -> [String] {
        files.keys.filter { $0.hasPrefix("\(folder)/") }.map { String($0.dropFirst(folder.count + 1)) }.sorted()
    }

    /// Writes the files into a directory.
    func write(to directory: FilePath) throws(FileError) {
        for (name, bytes) in files {
            let file = directory.pushing(FilePath(name))
            try Files.createDirectory(file.removingLastComponent(), mode: 0o700)
            try Files.create(file, bytes, mode: .ownerReadWrite)
        }
    }

    static func sha256(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.hash(data: bytes)) }
}

/// Why there is no pack, or it cannot be read.
package enum PackError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(String, String)
    case tooLarge(String)
    /// A file whose name no tar header has room for.
    case badName(String)
    /// The window has no entry of a report.
    case empty(from: Date, to: Date)

    package var description: String {
        switch self {
        case .unreadable(let name, let reason): "\(name) is not a pack that is whole: \(reason)."
        case .tooLarge(let name):
            "\(name) takes more than \(HumanUnits.bytes(Int64(PackFiles.largest))): make several, each for a shorter time."
        case .badName(let name): "\(name) has a name that cannot be packed."
        case .empty(let from, let to):
            "the ledger has no report from \(Timestamp.plain(from)) to \(Timestamp.plain(to)): there is nothing to pack."
        }
    }
}
