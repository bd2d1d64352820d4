import Archive
import Compression
import Physical
import SystemPackage

/// Something that was named as a backup and is recognisably something else, or is a backup in a form that no drill reads.
///
/// That is a mistake of a person, and no answer about a backup: the command ends before a drill begins. What a backup job
/// leaves when it fails (nothing, zeros, noise, a page with an error, a dump that is cut off) is a bad backup, and is not
/// among these.
package struct NotABackup: Mistake, Sendable, Equatable {
    /// What the person named.
    package var name: String
    /// What it is: "a ZIP file".
    package let what: String
    /// What to do, as a command: "unpack it".
    package let advice: String

    package var description: String { "\(name) cannot be drilled: it is \(what). \(advice.capitalisedAtStart)." }
}

extension NotABackup {
    /// Looks at what a path holds, with little of it read.
    /// - Returns: nil if it can be a backup, also a damaged one, or if it cannot be read: who reads on says so.
    package init?(at path: FilePath) {
        guard let status = try? Stat(path) else { return nil }
        let found: Impostor? =
            switch status.type {
            case .regular: (try? FileStart(of: path)).flatMap { Impostor(in: $0) }
            case .directory: Impostor(directory: path)
            default: .pipe
            }
        guard let found else { return nil }
        self.init(name: path.string, what: found.what, advice: found.advice)
    }
}

/// What something is that is taken for a backup, and what to do about it.
struct Impostor: Sendable, Equatable {
    /// Completes "it is".
    var what: String
    /// As a command, without a full stop.
    var advice: String
}

extension Impostor {
    static let pipe = Impostor(
        what: "a pipe, socket or device, and a drill reads a backup more than once",
        advice: "save what comes out of it to a file first, and name that")

    /// - Returns: nil if it can be a backup, also a damaged one.
    init?(in start: FileStart) {
        guard !start.bytes.isEmpty, start.flaw == nil, let found = Impostor(ofContents: start) else { return nil }
        self.init(
            what: start.layers.isEmpty ? found.what : "\(found.what) (in \(start.layers.words))", advice: found.advice)
    }

    private init?(ofContents start: FileStart) {
        if start.isArchive || start.isTar { return nil }
        if let noise = Impostor(inFrontOfDump: start) {
            self = noise
            return
        }
        if start.isPlainDump { return nil }
        if let known = KnownFile.all.first(where: { $0.recognises(start.bytes) }) {
            self.init(what: known.what, advice: known.advice)
        } else if let text = Impostor(text: start) {
            self = text
        } else {
            return nil
        }
    }
}

extension String {
    /// With a capital letter at its start; the rest is kept.
    fileprivate var capitalisedAtStart: String { prefix(1).uppercased() + dropFirst() }
}
