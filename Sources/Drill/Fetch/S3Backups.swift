import AWS
import Files
import Foundation
import Glibc
import PlanKeys
import Processes
import Scratch
import SystemPackage

/// Backups in a bucket: single objects, or objects below a common name, which are used like files in a directory.
package struct S3Backups: BackupRepository, Equatable {
    let bucket: String
    /// A key, or a pattern as in a shell.
    let pattern: String
    let decryption: Decryption?

    /// - Parameter location: `s3://bucket/key`.
    /// - Returns: nil for another location.
    package init?(_ location: String, decryption: Decryption?) {
        guard let match = location.wholeMatch(of: /s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,254})\/(.+)/) else { return nil }
        bucket = String(match.1)
        pattern = String(match.2).hasSuffix("/") ? String(match.2.dropLast()) : String(match.2)
        self.decryption = decryption
    }

    package func location(of name: String) -> String { "s3://\(bucket)/\(name)" }

    package var program: String { "aws" }

    package var order: String { "the time it was written there" }

    package var namesAreFinal: Bool { false }

    package var words: String {
        "download it with the aws tool\(decryption.map { ", and decrypt it with \($0.command[0])" } ?? "")"
    }

    package func backups() async throws -> [RepositoryBackup] {
        let prefix = String(pattern.prefix { !"*?[".contains($0) })
        let objects = try await attempt { try await bucketHere().list(prefix: prefix) }
        let found = Dictionary(grouping: objects.compactMap { object in name(of: object).map { ($0, object) } }) {
            $0.0
        }
        let backups = found.filter { name, _ in
            // A manifest lies beside its backup, and is none.
            !name.hasSuffix(".manifest.json") || found[String(name.dropLast(".manifest.json".count))] == nil
        }
        guard !backups.isEmpty else {
            throw FetchError.nothingThere(
                "There is no backup at s3://\(bucket)/\(pattern). If that is right, then the backup job has not written one."
            )
        }
        return backups.map { name, objects in
            RepositoryBackup(
                name: name, created: objects.compactMap(\.1.modified).max(),
                bytes: objects.reduce(0) { $0 + $1.1.size })
        }.sorted { ($0.created ?? .distantPast, $0.name) < ($1.created ?? .distantPast, $1.name) }
    }

    /// The first parts of the key, as many as the pattern has; nil if they do not match the pattern.
    private func name(of object: S3Bucket.Object) -> String? {
        let depth = pattern.split(separator: "/", omittingEmptySubsequences: false).count
        let parts = object.key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= depth else { return nil }
        let name = parts.prefix(depth).joined(separator: "/")
        return name == pattern || fnmatch(pattern, name, FNM_PATHNAME) == 0 ? name : nil
    }

    package func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup {
        let bucket = try bucketHere()
        let objects = try await attempt { try await bucket.list(prefix: backup.name) }
        if let object = objects.first(where: { $0.key == backup.name }) {
            return try await fetchObject(
                as: backup.name, in: place, size: backup.bytes ?? 0, decryption: decryption, deadline: deadline,
                emit: emit
            ) { body in try await attempt { try await bucket.read(key: backup.name, tag: object.tag, body) } }
        }
        let files = objects.filter { $0.key.hasPrefix(backup.name + "/") }
        guard !files.isEmpty else {
            throw FetchError.nothingThere("\(location(of: backup.name)) is not there any more.")
        }
        guard decryption == nil else {
            throw FetchError.nothingThere(
                """
                \(location(of: backup.name)) is a directory of objects: \(PlanKey.backupDecrypt) is for backups of a single object.
                """)
        }
        return try await fetch(files, below: backup.name, of: bucket, to: place, emit)
    }

    /// Fetches objects as the files of a directory. One process of the tool fetches all of them; each is compared with the list.
    private func fetch(
        _ objects: [S3Bucket.Object], below name: String, of bucket: S3Bucket, to place: Workspace,
        _ emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup {
        let listed = try ListedFiles(objects.map { (String($0.key.dropFirst(name.count + 1)), $0.size) })
        let root = place.path.appending("fetched")
        try place.makeDirectory(root)
        let total = objects.reduce(0) { $0 + $1.size }
        var done: Int64 = 0
        try await attempt {
            try await bucket.copy(below: name, to: root, around: { place.around($0) }) { sign in
                switch sign {
                case .object(let key): emit(.item(key))
                case .bytes(let bytes):
                    done = max(done, min(bytes, total))
                    emit(.progress(done: done, total: total))
                }
            }
        }
        let now = try await attempt { try await bucket.list(prefix: name + "/") }
        guard Set(objects.map { Array($0.key.utf8) }).isSubset(of: now.map { Array($0.key.utf8) }) else {
            throw vanished
        }
        guard now == objects else { throw ListedFiles.changed(while: "a list of it was made, and another one later") }
        try listed.takeOver(root, for: place.fence.account)
        emit(.progress(done: total, total: total))
        return FetchedBackup(path: root)
    }

    private var vanished: FetchError { .nothingThere("The object is not in the bucket \(bucket) any more.") }

    private func bucketHere() throws -> S3Bucket {
        do {
            return S3Bucket(name: bucket, tool: try AWSTool())
        } catch {
            throw FetchError.noProgram("aws", advice: NoAWSTool.advice)
        }
    }

    /// Converts failures of the tool to errors of a drill.
    private func attempt<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as AWSFailure {
            if error.timedOut {
                throw FetchError.failed(program: "aws", reason: "nothing came for minutes; it was stopped")
            }
            switch error.code {
            case "NoSuchBucket": throw FetchError.nothingThere("There is no bucket \(bucket).")
            // The tool's own word for it, where it asks for the beginning of an object.
            case "NoSuchKey", "404": throw vanished
            case "PreconditionFailed", "412": throw ListedFiles.changed(while: "it was listed, and then written again")
            case nil where error.words.contains("No space left on device"): throw Errno.noSpace
            default: throw FetchError.failed(program: "aws", reason: error.words)
            }
        } catch let error as S3ReadError {
            throw FetchError.failed(program: "aws", reason: error.description)
        }
    }
}
