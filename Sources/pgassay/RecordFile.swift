import ColdTier
import Crypto
import Findings
import Foundation
import SystemPackage

/// The file in which `export verify`, or `inspect`, remembers what it has read.
struct RecordFile {
    private let file: FilePath

    /// - Parameters:
    ///   - name: as it was given; nil uses a name that is always the same for the same place.
    ///   - kind: of what is read: `export` or `backup`.
    ///   - location: of the export, or of the backup.
    init(named name: String?, of kind: String = "export", at location: String) {
        let whole = location.hasPrefix("s3://") ? location : URL(filePath: location).standardizedFileURL.path
        let digest = Hex.encode(SHA256.hash(data: Data(whole.utf8))).prefix(16)
        file = FilePath(name ?? "pgassay-reports/\(kind)-\(digest)-verified.json")
    }

    /// - Returns: an empty record if there is none yet.
    /// - Throws: ``Failure`` when it cannot be read.
    func read() throws -> VerificationRecord {
        guard FileManager.default.fileExists(atPath: file.string) else { return VerificationRecord() }
        do {
            return try JSONDecoder().decode(
                VerificationRecord.self, from: try Data(contentsOf: URL(filePath: file.string)))
        } catch {
            throw Failure(
                .couldNotTell,
                "\(file), which remembers what was verified when, cannot be read: \(error). Remove it to begin anew.")
        }
    }

    /// - Throws: ``Failure``.
    func write(_ record: VerificationRecord) throws {
        do {
            let directory = file.removingLastComponent()
            if !directory.isEmpty {
                try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
            }
            try JSONEncoder().encode(record).write(to: URL(filePath: file.string), options: .atomic)
        } catch {
            throw Failure(.couldNotTell, "\(file), which remembers what was verified when, cannot be written: \(error)")
        }
    }
}
