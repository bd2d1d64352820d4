import Foundation
import Testing

/// A way in which a good dump goes bad, and what is said of it then.
struct Damage: Sendable, CustomTestStringConvertible {
    enum Answer: Sendable {
        /// A finding of an inspection has these words, and inspection and drill say that the backup is bad.
        case bad(String)
        /// Nothing in the dump shows it: both pass, and say that this form has no checksum. With a manifest from the source both fail,
        /// and the finding has these words.
        case unseen(String)
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

    /// Whether it is drilled in this form: in the first and the last that it is made in. An inspection decides all of them alike, with the
    /// reader that a drill has.
    func isDrilled(_ form: DamageForm) -> Bool {
        let forms = DamageForm.all.filter(forms)
        return [forms.first, forms.last].contains(form)
    }

    /// Whether a drill in this form has the manifest.
    func hasManifest(_ form: DamageForm) -> Bool {
        if case .unseen = answer { DamageForm.all.last(where: forms) == form } else { false }
    }

    static let all = ofFiles + ofContents + ofRows
}
