import Foundation
import PlanKeys
import Scratch
import SystemPackage

/// Where backups lie that are no files of this machine, or none that can be opened as they lie there.
///
/// Adding one is one file that conforms to this, and its key in the plan.
package protocol BackupRepository: Sendable {
    /// Where that is, in words for the report and without secrets; `name` is of a backup.
    func location(of name: String) -> String

    /// Whether a name stands for one backup for ever, and never for a newer one.
    var namesAreFinal: Bool { get }

    /// What brings them, for messages.
    var program: String { get }

    /// What says which of them is older, as the end of "the newest, by …".
    var order: String { get }

    /// What fetching one means, for whoever asks before it is done.
    var words: String { get }

    /// Its backups, the oldest first.
    /// - Throws: ``FetchError``, `CancellationError`.
    func backups() async throws -> [RepositoryBackup]

    /// Brings a backup here.
    /// - Parameters:
    ///   - place: a directory of our own, in which all of it is written.
    ///   - deadline: after it, a program that is run for this is stopped.
    ///   - emit: told how far it is; called from several tasks.
    /// - Throws: ``FetchError``; `Errno` where something cannot be written; `CancellationError`.
    func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup
}

/// A backup as its repository lists it.
package struct RepositoryBackup: Sendable, Equatable {
    package let name: String
    /// When it was taken, or written there; nil where that is not told.
    package let created: Date?
    /// Bytes that it has when it is here, as far as that is told.
    package let bytes: Int64?

    package init(name: String, created: Date?, bytes: Int64?) {
        self.name = name
        self.created = created
        self.bytes = bytes
    }
}

/// What was fetched.
package struct FetchedBackup: Sendable, Equatable {
    /// The backup, in the directory that was given.
    package let path: FilePath
    /// A directory with the log that goes with it; nil where there is none beside the backup.
    package var log: FilePath?
    /// SHA-256 of the bytes as they came, before they were decrypted; nil where what came is a directory, whose digest is its
    /// own.
    package var sha256: String?
    /// Bytes that came, where ``sha256`` is of them.
    package var bytes: Int64?

    package init(path: FilePath, log: FilePath? = nil, sha256: String? = nil, bytes: Int64? = nil) {
        self.path = path
        self.log = log
        self.sha256 = sha256
        self.bytes = bytes
    }
}

/// What happens while a backup is fetched.
package enum FetchEvent: Sendable, Equatable {
    /// A file or a step.
    case item(String)
    /// In bytes.
    case progress(done: Int64, total: Int64)
}

/// Takes events as they happen; called from several tasks at once.
package typealias FetchEventSink = @Sendable (FetchEvent) -> Void

/// Why a backup could not be fetched.
package enum FetchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A program is not installed; what to do about it.
    case noProgram(String, advice: String)
    /// There is no such backup, or none at all.
    case nothingThere(String)
    /// A program failed, and whose fault that is cannot be told.
    case failed(program: String, reason: String)
    /// A program says that what it reads of the repository is damaged.
    case damaged(program: String, reason: String)
    /// The key or the passphrase does not open it.
    case notOpened(program: String, reason: String)
    case deadlineExceeded(program: String, seconds: Double)
    /// A program's answer cannot be read.
    case notUnderstood(program: String, what: String)

    /// The place was asked, and has no such backup.
    package var saysNothingIsThere: Bool { if case .nothingThere = self { true } else { false } }

    package var description: String {
        switch self {
        case .noProgram(let name, let advice): "The program \(name) is missing: \(advice)."
        case .nothingThere(let words): words
        case .failed(let program, let reason): "\(program) failed: \(reason)"
        case .damaged(let program, let reason): "\(program) found damage in the repository: \(reason)"
        case .notOpened(let program, let reason):
            """
            \(program) could not open the backup: \(reason). Without the right key it is worth nothing: find out which key \
            it was made for, and whether that is kept.
            """
        case .deadlineExceeded(let program, let seconds):
            "\(program) was stopped after \(Int(seconds)) s, its deadline. If it needs longer, raise \(PlanKey.limitsFetch) of the plan."
        case .notUnderstood(let program, let what): "\(program) answered something that is not understood: \(what)"
        }
    }
}
