import Files
import Foundation
import SystemPackage

/// A text that may be a secret, such as a URL with a token in it: where it is, so that it is in no plan and in no argument.
package enum SecretText: Sendable, Equatable {
    case plain(String)
    case file(FilePath)
    /// The name of a credential that systemd gives to this unit (systemd.exec, LoadCredential=).
    case credential(String)

    /// Whether a text is a URL that can be asked for, and can stand in the settings of `curl`: RFC 3986 has neither quotes nor
    /// backslashes in one.
    package static func isURL(_ text: String) -> Bool {
        text.wholeMatch(of: /https?:\/\/[\x21-\x7e]+/) != nil && !text.contains("\"") && !text.contains("\\")
    }

    /// In bytes.
    private static let largest = 16 << 10

    /// The text, without white space at its ends.
    /// - Throws: ``NotifyError``.
    func read(environment: [String: String] = ProcessInfo.processInfo.environment) throws(NotifyError) -> String {
        switch self {
        case .plain(let text): return text
        case .file(let file): return try Self.read(file)
        case .credential(let name):
            guard let directory = environment["CREDENTIALS_DIRECTORY"] else { throw .noCredential(name) }
            return try Self.read(FilePath(directory).appending(name))
        }
    }

    private static func read(_ file: FilePath) throws(NotifyError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try Files.read(file, limit: largest)
        } catch {
            throw .unreadable("\(error)")
        }
        let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty, !text.contains(where: { $0.isNewline || $0 == "\0" }) else {
            throw .unreadable("\(file) does not hold one line of text")
        }
        return text
    }
}
