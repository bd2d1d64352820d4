import Files
import FoundationEssentials
import SystemPackage

/// Why a document is not accepted as the one that was signed, in words that say what to do.
package struct VerificationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What can be wrong with it.
    package enum Problem: Error, Sendable, Equatable {
        /// The file cannot be read at all.
        case unreadable(FileError)
        /// It is not an envelope; what it looks like.
        case notAReport(looksLike: String)
        /// It is an envelope or statement in which something is missing or malformed.
        case malformed(FieldError)
        /// It is an envelope around something other than an in-toto statement; the type of that.
        case unknownPayloadType(String)
        /// It is something other than an in-toto Statement v1; its type.
        case unknownStatementType(String)
        /// It is an in-toto statement of another kind than was asked for; its type.
        case unknownPredicateType(String)
        /// It never had a signature.
        case unsigned
        /// It says that it was signed, but has no signature.
        case signatureRemoved
        /// It is signed with other keys; their ids as the envelope names them, and in `given` the caller's.
        case wrongKey(signedBy: [String], given: String)
        /// It names the caller's key, but the signature does not fit the bytes.
        case changed(keyID: String)
        /// It names no key, and the signature does not fit the caller's key.
        case signatureDoesNotFit(given: String)
        /// Its signature is valid, and made when the key did not count; when it says, and when the key counts.
        case outsideKeyTime(keyID: String, signed: Date, valid: String)
        /// Its signature is valid, but it contradicts itself.
        case contradictory([String])
        /// It was not verified, and it contradicts itself.
        case impossible([String])
    }

    /// The path or the URI that was read.
    package var name: String
    /// What is wrong with it.
    package var problem: Problem
    /// The words for the kind of document that was expected.
    package var words: DocumentNames

    package init(name: String, problem: Problem, words: DocumentNames) {
        self.name = name
        self.problem = problem
        self.words = words
    }

    package init(file: FilePath, problem: Problem, words: DocumentNames) {
        self.init(name: file.string, problem: problem, words: words)
    }

    package var description: String {
        switch problem {
        case .unreadable(let error):
            "\(error). Check the path and its permissions."
        case .notAReport(let looksLike):
            "\(name) is not a \(words.name): it looks like \(looksLike). \(words.file)"
        case .malformed(let error):
            "\(name) is damaged: \(error). Fetch the original again."
        case .unknownPayloadType(let type):
            "\(name) is an envelope around `\(type.prefix(200))`, not around an in-toto statement: it is not a \(words.name) of pgassay."
        case .unknownStatementType(let type):
            "\(name) holds a document of type `\(type.prefix(200))`, not an in-toto Statement v1: it is not a \(words.name) of pgassay."
        case .unknownPredicateType(let type):
            "\(name) is a statement of type `\(type.prefix(200))`, which this version of pgassay does not know: it is not "
                + "\(words.fullName), or comes from a newer version."
        case .unsigned:
            "\(name) is not signed: anyone could have written it. \(words.howToSign)"
        case .signatureRemoved:
            "\(name) says that it was signed, but its signature is gone: someone changed the file. Fetch the "
                + "original."
        case .wrongKey(let signedBy, let given):
            "\(name) is signed by key \(signedBy.prefix(10).map { String($0.prefix(100)) }.joined(separator: ", ")); the key you gave is \(given). Ask for the "
                + "signer's public key from a source you trust; never use a key stored beside the \(words.name)."
        case .changed(let keyID):
            "\(name) was changed after it was signed: it names key \(keyID), the one you gave, and the signature does "
                + "not fit the bytes. Do not rely on it; fetch the original."
        case .signatureDoesNotFit(let given):
            "\(name) has a signature that does not fit key \(given), the one you gave, and names no other: it is "
                + "signed by another key, or was changed. Do not rely on it."
        case .outsideKeyTime(let keyID, let signed, let valid):
            "\(name) says that key \(keyID) signed it at \(Timestamp.plain(signed)), and by the history of the keys that key is "
                + "valid \(valid). Do not rely on it; ask the key's holder."
        case .contradictory(let reasons):
            "\(name) contradicts itself: \(reasons.joined(separator: "; ")). The signature fits, so its signer wrote "
                + "it this way: do not rely on it, and ask them."
        case .impossible(let reasons):
            "\(name) contradicts itself: \(reasons.joined(separator: "; ")). Do not use it; fetch the original."
        }
    }
}
