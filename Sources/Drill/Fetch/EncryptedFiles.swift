import Files
import Foundation
import Scratch
import SystemPackage

/// Encrypted files of this machine.
package struct EncryptedFiles: BackupRepository, Equatable {
    /// The files, the oldest first.
    let files: [FilePath]
    let decryption: Decryption

    package init(files: [FilePath], decryption: Decryption) {
        self.files = files
        self.decryption = decryption
    }

    package func location(of name: String) -> String { name }

    package var program: String { decryption.command[0] }

    package var order: String { "modification time" }

    package var namesAreFinal: Bool { false }

    package var words: String { "decrypt it with \(decryption.command[0])" }

    package func backups() throws -> [RepositoryBackup] {
        files.map { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.string)
            return RepositoryBackup(
                name: file.string, created: attributes?[.modificationDate] as? Date,
                bytes: attributes?[.size] as? Int64)
        }
    }

    package func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup {
        let path = FilePath(backup.name)
        guard let encrypted = try OpenTree(at: path, entersDirectories: false).file() else {
            throw FileError(path: path, problem: .notAFile)
        }
        return try await fetchObject(
            as: backup.name, in: place, size: backup.bytes ?? 0, decryption: decryption, deadline: deadline, emit: emit
        ) { body in
            let file = try encrypted.open()
            defer { try? file.close() }
            while true {
                let piece = try [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if piece.isEmpty { return }
                try await body(piece)
            }
        }
    }
}
