import Foundation
import PlanKeys
import Scratch
import SystemPackage

/// A place with backups that are not files of this machine, or that cannot be opened where they are.
///
/// To add one, write a file with a type that conforms to this protocol, and add its key to the plan.
package protocol BackupRepository: Sendable {
    /// Where a backup is, in words for the report and without secrets; `name` is the backup's name.
    func location(of name: String) -> String

    /// True if a name always stands for the same backup, and never for a newer one.
    var namesAreFinal: Bool { get }

    /// The program that fetches them, for messages.
    var program: String { get }

    /// What decides which of them is older, as the end of "the newest, by …".
    var order: String { get }

    /// A description of how one is fetched, for a person who asks before it is done.
    var words: String { get }

    /// Its backups, the oldest first.
    /// - Throws: ``FetchError``, `CancellationError`.
    func backups() async throws -> [RepositoryBackup]

    /// Fetches a backup to this machine.
    /// - Parameters:
    ///   - place: a directory of our own; everything is written below it.
    ///   - deadline: a program that is run for this is stopped after it.
    ///   - emit: called with the progress, from several tasks.
    /// - Throws: ``FetchError``; `Errno` if something cannot be written; `CancellationError`.
    func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup
}

/// A backup as its repository lists it.
package struct RepositoryBackup: Sendable, Equatable {
    package let name: String
    /// When it was taken, or written to the repository; nil if the repository does not say.
    package let created: Date?
    /// Its size in bytes when it is here; nil if the repository does not say.
    package let bytes: Int64?

    package init(name: String, created: Date?, bytes: Int64?) {
        self.name = name
        self.created = created
        self.bytes = bytes
    }
}

/// The result of fetching a backup.
package struct FetchedBackup: Sendable, Equatable {
    /// The backup, in the given directory.
    package let path: FilePath
    /// A directory with the log of the backup; nil if there is no log beside the backup.
    package var log: FilePath?
    /// SHA-256 of the fetched bytes, before they were decrypted; nil if a directory was fetched, which has its own
    /// digest.
    package var sha256: String?
    /// Number of the bytes that ``sha256`` is of.
    package var bytes: Int64?

    package init(path: FilePath, log: FilePath? = nil, sha256: String? = nil, bytes: Int64? = nil) {
        self.path = path
        self.log = log
        self.sha256 = sha256
        self.bytes = bytes
    }
}

/// Something that happens while a backup is fetched.
package enum FetchEvent: Sendable, Equatable {
    /// The file or the step that is worked on.
    case item(String)
    /// In bytes.
    case progress(done: Int64, total: Int64)
}

/// Takes events as they happen; called from several tasks at once.
package typealias FetchEventSink = @Sendable (FetchEvent) -> Void

/// Why a backup could not be fetched.
package enum FetchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A program is not installed; the advice says what to do.
    case noProgram(String, advice: String)
    /// There is no such backup, or none at all.
    case nothingThere(String)
    /// A program failed, and the cause is not known.
    case failed(program: String, reason: String)
    /// A program says that what it read from the repository is damaged.
    case damaged(program: String, reason: String)
    /// The key or the passphrase does not open it.
    case notOpened(program: String, reason: String)
    case deadlineExceeded(program: String, seconds: Double)
    /// A program's answer is not understood.
    case notUnderstood(program: String, what: String)

    /// True if the repository was asked, and has no such backup.
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
