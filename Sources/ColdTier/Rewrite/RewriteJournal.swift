import Crypto
import Evidence
import Findings
import Foundation
import Rows
import SystemPackage

/// What a rewrite needs to go on if it ends early. It is in the workspace of the export, whose lock the rewrite holds.
///
///     rewrite/begun.json      which manifest is rewritten, and for which list of keys
///     rewrite/0.json          a file of the export that was written anew; its new file may be in its place
///
/// It holds no key: only a salted hash of the list, to tell whether the next run has the same.
struct RewriteJournal: Sendable {
    private let directory: FilePath

    /// A file that was written anew.
    struct Entry: Codable, Sendable {
        /// The name of the file that is replaced, and its SHA-256.
        var old: String
        var oldSHA256: String
        /// What replaces it; nil if no row is left.
        var new: ExportManifest.Part?
        /// Rows that are not in the new file.
        var erasedRows: Int64
        var erasedSum: ContentSum
    }

    private struct Begun: Codable {
        var predecessor: String
        var salt: String
        var list: String
    }

    init(in workspace: ExportWorkspace) { directory = workspace.rewrite }

    /// The entries of a rewrite that ended early; nil if there is none.
    /// - Throws: ``ExportError/workspace(_:reason:)``.
    func entries() throws(ExportError) -> [Entry]? {
        guard FileManager.default.fileExists(atPath: directory.string) else { return nil }
        return try attempt {
            try FileManager.default.contentsOfDirectory(atPath: directory.string)
                .filter { $0.hasSuffix(".json") && $0 != Self.begun }
                .map { try JSONDecoder().decode(Entry.self, from: Data(contentsOf: url($0))) }
        }
    }

    /// True if the rewrite that ended early was of this manifest, and for this list.
    func isOf(predecessor: String, _ keys: ErasedKeys) throws(ExportError) -> (manifest: Bool, list: Bool) {
        // Killed before it was begun, it has written nothing.
        guard FileManager.default.fileExists(atPath: directory.appending(Self.begun).string) else {
            return (true, true)
        }
        let begun = try attempt { try JSONDecoder().decode(Begun.self, from: Data(contentsOf: url(Self.begun))) }
        return (begun.predecessor == predecessor, Self.hash(keys, salt: begun.salt) == begun.list)
    }

    func begin(predecessor: String, _ keys: ErasedKeys) throws(ExportError) {
        try attempt {
            try FileManager.default.createDirectory(
                atPath: directory.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            var random = SystemRandomNumberGenerator()
            let salt = Hex.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
            let begun = Begun(predecessor: predecessor, salt: salt, list: Self.hash(keys, salt: salt))
            // Atomic: the name appears only when all bytes are there.
            try JSONEncoder().encode(begun).write(to: url(Self.begun), options: .atomic)
        }
    }

    /// - Parameter number: of the file among those that are written anew.
    func record(_ entry: Entry, _ number: Int) throws(ExportError) {
        try attempt { try JSONEncoder().encode(entry).write(to: url("\(number).json"), options: .atomic) }
    }

    /// Forgets all of it.
    func remove() throws(ExportError) {
        guard FileManager.default.fileExists(atPath: directory.string) else { return }
        try attempt { try FileManager.default.removeItem(atPath: directory.string) }
    }

    private static let begun = "begun.json"

    private func url(_ name: String) -> URL { URL(filePath: directory.appending(name).string) }

    private static func hash(_ keys: ErasedKeys, salt: String) -> String {
        var hash = SHA256()
        hash.update(data: Data(salt.utf8))
        for key in keys.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            hash.update(data: Data(key))
            hash.update(data: Data([UInt8(ascii: "\n")]))
        }
        return Hex.encode(hash.finalize())
    }

    private func attempt<Result>(_ body: () throws -> Result) throws(ExportError) -> Result {
        do {
            return try body()
        } catch {
            throw .workspace(
                directory, reason: "the journal of a rewrite: \(error); remove the directory to begin anew")
        }
    }
}
