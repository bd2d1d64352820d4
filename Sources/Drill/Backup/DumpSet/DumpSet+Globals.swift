import Archive
import Causes
import Crypto
import Files
import Findings
import Foundation
import PlanKeys
import SystemPackage

extension DumpSet {
    /// A dump, and a script that holds the roles and tablespaces of its server (`pg_dumpall --globals-only`), which a person names beside it.
    /// - Throws: ``NotGlobals``; ``Archive/ArchiveError`` where the script cannot be read.
    package init(_ backup: any FileBackup, globalsAt path: FilePath, clock: BackupClock) throws {
        if var set = backup as? DumpSet {
            if set.globals != nil || set.isOfWholeServer { throw NotGlobals(path, "the backup has them already") }
            try set.add(globalsAt: path)
            self = set
            return
        }
        guard let tree = backup.trees.first, backup is DumpBackup || backup is WrappedDump else {
            throw NotGlobals(path, "the backup is no dump, and holds those of its server")
        }
        self.init(tree: tree, clock: clock, source: .dump)
        let name = tree.path.lastComponent?.string ?? tree.path.string
        dumps = [
            DatabaseDump(
                database: backup.description.database ?? DumpName(name).database ?? name, file: name, backup: backup)
        ]
        try add(globalsAt: path)
    }

    private var isOfWholeServer: Bool { if case .script = source { true } else { false } }

    private mutating func add(globalsAt path: FilePath) throws {
        let file: OpenTree
        do {
            file = try OpenTree.ofBackup(at: path)
        } catch ArchiveError.missing {
            throw NotGlobals(path, "there is no such file")
        }
        guard let script = file.file(), try FileStart(of: script).isClusterDump else {
            throw NotGlobals(path, "it is no script of pg_dumpall")
        }
        guard let read = try GlobalsScript(Dump.open(file)) else {
            throw NotGlobals(path, "it holds databases, and is a backup by itself")
        }
        // What is cut off says nothing of what it lacks.
        globals = read.flaw == nil ? read.globals : nil
        named = NamedGlobals(tree: file, flaw: read.flaw, digest: try Self.digest(of: script))
    }

    private static func digest(of file: TreeFile) throws -> String {
        var digest = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        try file.readAll(through: buffer) { digest.update(bufferPointer: $0) }
        return Hex.encode(digest.finalize())
    }
}

/// A script of globals that a person named.
struct NamedGlobals: Sendable {
    let tree: OpenTree
    /// Why it is not whole; nil if it is.
    let flaw: String?
    /// SHA-256: it is not in the digest of the backup.
    let digest: String

    var finding: Finding {
        let name = tree.path.string
        if let flaw { return Finding(DumpDirectory.LostDump(flaw), of: name, database: nil) }
        return Finding(
            id: .globals, subject: name, status: .passed, observed: "SHA-256 \(digest)",
            reason: """
                the roles and tablespaces of the server are from this file, which is no part of the backup's digest
                """)
    }
}

/// What is named as the roles and tablespaces of a server is none, or is not wanted.
package struct NotGlobals: Mistake, Equatable {
    let path: FilePath
    let why: String

    init(_ path: FilePath, _ why: String) { (self.path, self.why) = (path, why) }

    package var description: String {
        """
        \(path) is not restored before the backup: \(why). Name a script of pg_dumpall --globals-only beside a dump, in \
        \(PlanKey.backupGlobals) of the plan or with --globals, or leave it out.
        """
    }
}
