import Archive
import Compression
import Files
import Findings
import Physical
import PlanKeys
import SystemPackage

/// Something that was named as a backup and is recognisably something else, or is a backup in a form that no drill reads.
///
/// That is a mistake of a person, and no answer about a backup: the command ends before a drill begins. What a backup job
/// leaves when it fails (nothing, zeros, a page with an error, a dump that is cut off), and a dump with a damaged beginning that
/// still shows what it was, is a bad backup, and is not among these.
package struct NotABackup: Mistake, Sendable, Equatable {
    /// What the person named.
    package private(set) var name: String
    /// What it is: "a ZIP file".
    package let what: String
    /// What to do, as a command: "unpack it".
    package let advice: String

    package var description: String { "\(name) cannot be drilled: it is \(what). \(advice.capitalisedAtStart)." }
}

extension NotABackup {
    /// Looks at what was opened, with little of it read.
    /// - Returns: nil if it can be a backup, also a damaged one, or if it cannot be read: who reads on says so.
    package init?(_ tree: OpenTree) {
        let found =
            if let part = Impostor(partOfBackup: tree) {
                part
            } else if let file = tree.file() {
                (try? FileStart(of: file)).flatMap { Impostor(in: $0) }
            } else {
                Impostor(directory: tree)
            }
        guard let found else { return nil }
        self.init(name: tree.path.string, what: found.what, advice: found.advice)
    }

    /// What can be read only once.
    package static func pipe(_ name: String) -> NotABackup {
        NotABackup(name: name, what: Impostor.pipe.what, advice: Impostor.pipe.advice)
    }

    /// A directory whose contents a command of the plan is to decrypt.
    package static func encryptedDirectory(_ name: String) -> NotABackup {
        NotABackup(
            name: name, what: "a directory, and \(PlanKey.backupDecrypt) decrypts a single file",
            advice: "decrypt what is in it before the drill, or pack it with tar before it is encrypted")
    }

    /// By the name that a person knows it by, where it was fetched or unpacked.
    package func named(_ name: String) -> NotABackup {
        var named = self
        named.name = name
        return named
    }
}

/// What something is that is taken for a backup, and what to do about it.
struct Impostor: Sendable, Equatable {
    /// Completes "it is".
    var what: String
    /// As a command, without a full stop.
    var advice: String
    /// Whether it is text that is no script and no other known file, such as the message of a program that failed.
    var mayBeProgramOutput = false
}

extension Impostor {
    static let pipe = Impostor(
        what: "a pipe, socket or device, and a drill reads a backup more than once",
        advice: "save what comes out of it to a file first, and name that")

    static let tableOfContents = Impostor(
        what: "the table of contents of a directory dump, and a drill takes the directory", advice: "name its directory"
    )

    static let unknown = Impostor(
        what: "data of an unknown kind, and no dump begins like it",
        advice: """
            name the backup itself; if this is one, it is encrypted or packed in a way that is not read, it is a part of a file \
            that was split, or its beginning is destroyed
            """)

    /// - Returns: nil if it can be a backup, also a damaged one.
    init?(in start: FileStart) {
        guard !start.bytes.isEmpty, start.flaw == nil, let found = Impostor(ofContents: start) else { return nil }
        self.init(
            what: start.layers.isEmpty ? found.what : "\(found.what) (in \(start.layers.words))", advice: found.advice)
    }

    private init?(ofContents start: FileStart) {
        // Compressed alone, it is no damaged archive: what compresses it has a checksum.
        if !start.layers.isEmpty, start.isTableOfContents {
            self = .tableOfContents
            return
        }
        if start.isArchive || start.isTar { return nil }
        if let noise = Impostor(inFrontOfDump: start) {
            self = noise
            return
        }
        // A signed script still names itself a dump.
        if start.isPlainDump, !start.bytes.starts(with: "-----BEGIN PGP ".utf8) { return nil }
        if let known = KnownFile.all.first(where: { $0.recognises(start.bytes) }) {
            let names = known.what == KnownFile.zipFile ? start.namesInZip : []
            let inside = names.isEmpty ? "" : " with \(counted(names.count, "file")) in it (\(firstOf(names)))"
            self.init(what: known.what + inside, advice: known.advice)
        } else if start.isLeftOver {
            return nil
        } else {
            self = Impostor(text: start) ?? .unknown
        }
    }
}

extension String {
    /// With a capital letter at its start; the rest is kept.
    fileprivate var capitalisedAtStart: String { prefix(1).uppercased() + dropFirst() }
}
