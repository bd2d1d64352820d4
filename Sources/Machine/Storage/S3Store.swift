import AWS
import Crypto
import Files
import Foundation
import SystemPackage

/// Files under a prefix of a bucket, through the `aws` tool.
///
/// S3 checks each upload against the SHA-256 that the tool sends with it. ``add(_:as:)`` never overwrites an object
/// (`If-None-Match: *`). ``replace(_:with:)`` always overwrites it. ``replace(_:with:over:)`` overwrites it only if nobody changed
/// it since it was read (`If-Match`).
package struct S3Store: FileStore {
    let bucket: S3Bucket
    let prefix: String
    var objectLock: ObjectLock?
    /// How long objects that are written are locked; nil leaves it to `objectLock`.
    var retention: Retention?

    /// Largest size of one upload, in bytes (Amazon S3 User Guide, "Uploading objects": 5 GB in a single PUT).
    private static let largestFile: Int64 = 5 << 30

    /// Another upload to the same key was under way.
    private static let conflict = "ConditionalRequestConflict"
    /// Amazon S3 User Guide, "How to prevent object overwrites with conditional writes"; a status where the answer had no code.
    private static let preconditionCodes: Set = ["PreconditionFailed", "412", conflict]

    package init(bucket: String, prefix: String, tool: AWSTool, objectLock: ObjectLock? = nil) {
        self.bucket = S3Bucket(name: bucket, tool: tool)
        self.prefix = prefix
        self.objectLock = objectLock
    }

    package var location: String { prefix.isEmpty ? "s3://\(bucket.name)" : "s3://\(bucket.name)/\(prefix)" }

    package func list(_ prefix: String) async throws(StoreError) -> [StoredFile] {
        let base = self.prefix.isEmpty ? "" : self.prefix + "/"
        return try await attempt("list", "") {
            // Files that an export needs only while it runs are in a local directory, not in the bucket.
            try await bucket.list(prefix: base + prefix).map {
                StoredFile(name: String($0.key.dropFirst(base.count)), size: $0.size)
            }
        }
    }

    package func contents(of name: String, limit: Int) async throws(StoreError) -> [UInt8]? {
        do throws(StoreError) {
            // Asks for one byte more than the limit, to notice a larger file.
            let bytes = try await get(name, range: 0..<Int64(limit) + 1)
            guard bytes.count <= limit else { throw .tooLarge(name: name, limit: limit) }
            return bytes
        } catch {
            if case .missing = error { return nil }
            throw error
        }
    }

    package func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws {
        let key = try key(of: name)
        var failure: (any Error)?
        do {
            try await bucket.read(key: key) { bytes in
                do {
                    try await body(bytes)
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            if let failure { throw failure }
            throw storeError(error, "read", name)
        }
    }

    package func read(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8] {
        guard range.lowerBound >= 0 else { throw refusal("read", name, "there are no bytes before the first") }
        // HTTP has no empty ranges.
        let asked = range.isEmpty ? range.lowerBound..<range.lowerBound + 1 : range
        let bytes = try await get(name, range: asked)
        guard bytes.count == asked.count || range.isEmpty else {
            throw refusal("read", name, "it ends before byte \(range.upperBound), up to which it is needed")
        }
        return range.isEmpty ? [] : bytes
    }

    package func replace(_ name: String, with bytes: [UInt8]) async throws(StoreError) {
        try await put(bytes, as: name, .anyway)
    }

    package func replace(_ name: String, with bytes: [UInt8], over previous: [UInt8]?) async throws(StoreError) {
        guard let previous else {
            do throws(StoreError) {
                return try await put(bytes, as: name, .new)
            } catch {
                guard case .exists = error else { throw error }
                throw .changed(name: name, location: location)
            }
        }
        let key = try key(of: name)
        let tag = try await attempt("read", name) {
            try await withTemporaryFile { file in
                let tag = try await tool.run(
                    ["s3api", "get-object", "--output=text", "--query=ETag"] + place(key: key) + [file.string])
                let there = try Data(contentsOf: URL(filePath: file.string), options: .alwaysMapped)
                guard there.elementsEqual(previous) else { throw StoreError.changed(name: name, location: location) }
                return tag.trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }
        try await put(bytes, as: name, .over(tag: tag))
    }

    /// Copies all objects into a directory that is there.
    /// - Throws: ``StoreError``: `badName` for one that could lead out of it.
    package func copy(to directory: FilePath) async throws(StoreError) -> DirectoryStore {
        let objects = try await list("")
        for object in objects { _ = try key(of: object.name) }
        if !objects.isEmpty {
            try await attempt("read", "") {
                try await bucket.copy(below: prefix, to: directory, around: { $0 }, onSign: { _ in })
            }
        }
        let copy = try DirectoryStore(directory, create: false)
        // Objects that were added meanwhile may be there too.
        let arrived = Set(try copy.list("").map(\.name))
        if let missing = objects.first(where: { !arrived.contains($0.name) }) {
            throw refusal("read", missing.name, "it was listed, and did not arrive")
        }
        return copy
    }

    // MARK: Parts

    package func key(of name: String) throws(StoreError) -> String {
        let key = prefix.isEmpty ? name : "\(prefix)/\(name)"
        if let flaw = StoreName.flaw(in: name) ?? StoreName.flaw(in: key) { throw .badName(name, flaw: flaw) }
        return key
    }

    func place(key: String) -> [String] { bucket.place(key: key) }
    var tool: AWSTool { bucket.tool }

    /// - Returns: fewer bytes than the range if the object ends within it; none if it ends before the range begins.
    private func get(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8] {
        let key = try key(of: name)
        return try await attempt("read", name) {
            try await withTemporaryFile { file in
                do {
                    _ = try await tool.run(
                        [
                            "s3api", "get-object", "--output=json",
                            "--range=bytes=\(range.lowerBound)-\(range.upperBound - 1)",
                        ]
                            + place(key: key) + [file.string])
                } catch let error as AWSFailure where error.code == "InvalidRange" || error.code == "416" {
                    // Any range of an empty object is invalid, because it has no first byte.
                    return []
                }
                return Array(try Data(contentsOf: URL(filePath: file.string)))
            }
        }
    }

    /// When to put an object in its place.
    private enum Condition {
        case anyway
        /// Nothing is there, or the same.
        case new
        /// What is there has this ETag.
        case over(tag: String)
    }

    private func put(_ bytes: [UInt8], as name: String, _ condition: Condition) async throws(StoreError) {
        _ = try key(of: name)
        try await attempt("write", name) {
            try await withTemporaryFile { file in
                try Data(bytes).write(to: URL(filePath: file.string))
                try await put(file, as: name, condition)
            }
        }
    }

    /// Puts a local file in its place, where nothing is there or the same bytes are.
    package func add(_ file: FilePath, as name: String) async throws(StoreError) { try await put(file, as: name, .new) }

    /// Deletes an object.
    package func delete(_ name: String) async throws(StoreError) {
        let key = try key(of: name)
        try await attempt("remove", name) {
            _ = try await tool.run(["s3api", "delete-object", "--output=json"] + place(key: key))
        }
    }

    private func put(_ file: FilePath, as name: String, _ condition: Condition) async throws(StoreError) {
        let key = try key(of: name)
        let action = if case .new = condition { "add" } else { "write" }
        let size = try await attempt("read", file.string) {
            let attributes = try FileManager.default.attributesOfItem(atPath: file.string)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { throw NotARegularFile() }
            return attributes[.size] as? Int64 ?? 0
        }
        guard size <= Self.largestFile else {
            throw refusal(action, name, "S3 takes no more than 5 GiB at once: export shorter slices")
        }
        var arguments = ["s3api", "put-object", "--output=json", "--checksum-algorithm=SHA256", "--body=\(file)"]
        switch condition {
        case .anyway: break
        case .new: arguments.append("--if-none-match=*")
        case .over(let tag): arguments.append("--if-match=\(tag)")
        }
        if let retention = retention ?? objectLock.map({ Retention(mode: $0.mode, until: $0.until) }) {
            arguments += [
                "--object-lock-mode=\(retention.mode.word)",
                "--object-lock-retain-until-date=\(retention.until.formatted(.iso8601))",
            ]
        }
        do {
            // One second more for each 256 KiB: a slower upload counts as failed.
            _ = try await tool.run(arguments + place(key: key), extra: .seconds(Int64(size >> 18)))
        } catch let error as AWSFailure where error.code.map(Self.preconditionCodes.contains) == true {
            // If several uploads meet, S3 accepts one.
            if case .over = condition { throw .changed(name: name, location: location) }
            if error.code == Self.conflict { throw .changed(name: name, location: location) }
            guard try await isThere(file, key: key, name) else { throw .exists(name: name, location: location) }
        } catch {
            throw storeError(error, action, name)
        }
    }

    /// True if the object is the same as the file: an earlier run uploaded it before it broke off.
    private func isThere(_ file: FilePath, key: String, _ name: String) async throws(StoreError) -> Bool {
        let sum = try await attempt("read", file.string) {
            Data(SHA256.hash(data: try Data(contentsOf: URL(filePath: file.string), options: .alwaysMapped)))
        }
        let stored = try await attempt("look at", name) {
            try await tool.run(
                ["s3api", "head-object", "--output=text", "--checksum-mode=ENABLED", "--query=ChecksumSHA256"]
                    + place(key: key))
        }
        return stored.trimmingCharacters(in: .whitespacesAndNewlines) == sum.base64EncodedString()
    }

    private func withTemporaryFile<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "pgassay-s3-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        // The file is only a copy, so it does no harm if it cannot be removed.
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(FilePath(directory.path).appending("object"))
    }

    private func refusal(_ action: String, _ name: String, _ reason: String) -> StoreError {
        .refused(action: action, name: name, location: location, reason: reason)
    }

    package func attempt<Result>(
        _ action: String, _ name: String, _ body: () async throws -> Result
    ) async throws(StoreError) -> Result {
        do {
            return try await body()
        } catch {
            throw storeError(error, action, name)
        }
    }

    func storeError(_ error: any Error, _ action: String, _ name: String) -> StoreError {
        switch error {
        case let error as StoreError: return error
        case is CancellationError: return .cancelled
        case is NotARegularFile: return refusal(action, name, "it is not a regular file")
        case let error as AWSFailure where error.timedOut:
            return .stalled(action: action, name: name, location: location, seconds: tool.patience / .seconds(1))
        case let error as AWSFailure:
            switch error.code {
            case "NoSuchKey": return .missing(name: name, location: location)
            case "NoSuchBucket": return refusal(action, name, "there is no bucket \(bucket.name)")
            default: return refusal(action, name, error.words)
            }
        default: return refusal(action, name, "\(error)")
        }
    }
}
