import Foundation
import Testing

/// A way in which a good dump goes bad, and what is said of it then.
struct Damage: Sendable, CustomTestStringConvertible {
    enum Answer: Sendable {
        /// A finding of an inspection has these words, and inspection and drill say that the backup is bad.
        case bad(String)
        /// Nothing in the dump shows it: both pass. A manifest from the source shows it.
        case unseen
    }

    let name: String
    /// The forms in which it is made.
    let forms: @Sendable (DamageForm) -> Bool
    let answer: Answer
    let pgRestore: PgRestore
    let change: @Sendable (DamagedDump) throws -> Void

    /// What pg_restore makes of an archive that it writes out as a script.
    enum PgRestore: Sendable {
        case silent
        case error
        /// An error in these forms, and nothing in others.
        case errorIf(@Sendable (DamageForm) -> Bool)
        /// It does not come to an end.
        case hangs

        /// - Returns: nil where it is not run.
        func exitCode(_ form: DamageForm) -> Int32? {
            guard form.isArchive else { return nil }
            return switch self {
            case .silent: 0
            case .error: 1
            case .errorIf(let isError): isError(form) ? 1 : 0
            case .hangs: nil
            }
        }
    }

    init(
        _ name: String, in forms: @escaping @Sendable (DamageForm) -> Bool, _ answer: Answer, _ pgRestore: PgRestore,
        change: @escaping @Sendable (DamagedDump) throws -> Void
    ) {
        self.name = name
        self.forms = forms
        self.answer = answer
        self.pgRestore = pgRestore
        self.change = change
    }

    var testDescription: String { name }

    static let all = ofFiles + ofContents + ofRows
}
