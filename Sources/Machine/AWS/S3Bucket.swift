import Bytes
import Foundation
import Processes
import SystemPackage

/// A bucket, read through the `aws` tool.
package struct S3Bucket: Sendable {
    package let name: String
    package let tool: AWSTool

    /// How often a download begins or goes on.
    private static let attempts = 3
    /// Of an answer that lists objects: millions of them.
    private static let largestList = 512 << 20

    package init(name: String, tool: AWSTool) {
        self.name = name
        self.tool = tool
    }

    package struct Object: Sendable, Equatable, Decodable {
        package let key: String
        package let size: Int64
        /// When it was written.
        package let modified: Date?
        /// Changes with its contents; nil where the service does not tell it.
        package let tag: String?

        package init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            key = try list.decode(String.self)
            size = try list.decode(Int64.self)
            // Some makes of S3 write it with fractions of a second, and some without.
            let text = try list.decode(String.self)
            modified =
                (try? Date(text, strategy: .iso8601))
                ?? (try? Date(text, strategy: .iso8601.time(includingFractionalSeconds: true)))
            tag = list.isAtEnd ? nil : try list.decodeIfPresent(String.self)
        }
    }

    /// One version of an object, or the mark that it was deleted.
    package struct Version: Sendable, Equatable, Decodable {
        package let key: String
        /// `null` in a bucket that keeps no versions.
        package let id: String
        package let isLatest: Bool
        package var isMarker = false

        package init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            key = try list.decode(String.self)
            id = try list.decode(String.self)
            isLatest = try list.decode(Bool.self)
        }
    }

    /// Lists all versions of the objects whose keys begin with a prefix, in no order.
    /// - Throws: as ``list(prefix:)``.
    package func versions(prefix: String) async throws -> [Version] {
        func all(_ kind: String) async throws -> [Version] {
            let answer = try await tool.answer(
                ["s3api", "list-object-versions", "--output=json", "--query=\(kind)[].[Key,VersionId,IsLatest]"]
                    + place(key: prefix, as: "--prefix"),
                limit: Self.largestList, tooLarge: { S3ReadError.tooManyObjects(bytes: Self.largestList) })
            return try StrictJSON.decode([Version]?.self, from: answer) ?? []
        }
        return try await all("Versions")
            + all("DeleteMarkers").map {
                var marker = $0
                marker.isMarker = true
                return marker
            }
    }

    /// Lists the objects whose keys begin with a prefix, sorted by key. `…/`, which is how consoles make "directories", is none.
    /// - Throws: ``AWSFailure``, ``S3ReadError``, `CancellationError`; errors of starting the tool.
    package func list(prefix: String) async throws -> [Object] {
        // The tool asks for page after page by itself.
        let answer = try await tool.answer(
            ["s3api", "list-objects-v2", "--output=json", "--query=Contents[].[Key,Size,LastModified,ETag]"]
                + place(key: prefix, as: "--prefix"),
            limit: Self.largestList, tooLarge: { S3ReadError.tooManyObjects(bytes: Self.largestList) })
        return try StrictJSON.decode([Object]?.self, from: answer).map { objects in
            objects.filter { !$0.key.hasSuffix("/") }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        } ?? []
    }

    /// Reads an object in order, piece by piece. After a broken connection it goes on where it was.
    /// - Parameter tag: of the object as it was listed (``Object/tag``): if it was written again since, the service refuses it
    ///   (`PreconditionFailed`), and no end of one version follows the beginning of another. Nil if a digest is compared later.
    /// - Throws: what `body` throws, and as ``list(prefix:)``.
    package func read(key: String, tag: String? = nil, _ body: ([UInt8]) async throws -> Void) async throws {
        var begin: Int64 = 0
        // The tool tries again what fails before the first byte; what breaks off behind it goes on here.
        for attempt in 1...Self.attempts {
            var (object, failure) = (AWSBody(), (any Error)?.none)
            do {
                try await tool.stream(
                    ["s3api", "get-object", "--output=text", "--query=ContentLength"] + place(key: key)
                        + (tag.map { ["--if-match=\($0)"] } ?? [])
                        + (begin > 0 ? ["--range=bytes=\(begin)-"] : []) + ["/dev/stdout"]
                ) { bytes in
                    do {
                        let certain = object.add(bytes)
                        if !certain.isEmpty { try await body(certain) }
                    } catch {
                        failure = error
                        throw error
                    }
                }
            } catch {
                if let failure { throw failure }
                guard let broken = error as? AWSFailure, broken.isNetworkError, attempt < Self.attempts else {
                    throw error
                }
                try await body(object.breakOff())
                guard object.delivered > 0 else { throw error }
                begin += object.delivered
                continue
            }
            guard let rest = object.finish() else { throw S3ReadError.notWhole }
            return try await body(rest)
        }
    }

    /// Copies all objects below `prefix/`, or all if it is empty, into a directory that is there, several at a time, by one process of the tool. What
    /// arrived has to be compared with a list: the tool makes one of its own.
    /// - Parameters:
    ///   - around: marks the command as one that works for a scratch directory.
    ///   - onSign: gets what the tool says of its work.
    /// - Throws: ``AWSFailure``, `CancellationError`; errors of starting the tool.
    package func copy(
        below prefix: String, to directory: FilePath, around: (Command) -> Command, onSign: (S3CopySign) -> Void
    ) async throws {
        var signs = S3CopySigns(bucket: name)
        try await tool.stream(
            ["s3", "cp", "--recursive", "s3://\(name)/\(prefix.isEmpty ? "" : prefix + "/")", directory.string],
            around: around
        ) { bytes in
            for sign in signs.add(bytes) { onSign(sign) }
        }
    }

    /// Arguments as one word each, so that no name is taken for an option.
    package func place(key: String, as option: String = "--key") -> [String] {
        ["--bucket=\(name)", "\(option)=\(key)"]
    }
}

/// What the tool printed cannot be used.
package enum S3ReadError: Error, Sendable, Equatable, CustomStringConvertible {
    case notWhole
    case tooManyObjects(bytes: Int)

    package var description: String {
        switch self {
        case .notWhole: "what the aws tool printed is not whole"
        case .tooManyObjects(let bytes): "the list of objects is larger than \(bytes >> 20) MiB"
        }
    }
}
