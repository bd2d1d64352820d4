/// Why somebody cannot be told, and another try would not help. It never has a secret in it.
package enum NotifyError: Error, Sendable, Equatable, CustomStringConvertible {
    case noCredential(String)
    case unreadable(String)
    case noURL
    case noProgram(String)

    package var description: String {
        switch self {
        case .noCredential(let name):
            "there is no credential \(name): it is not run by a unit of systemd with LoadCredential=\(name):…"
        case .unreadable(let words): words
        case .noURL: "what is named as a URL is none: it begins with https:// or http:// and has no blanks"
        case .noProgram(let name): "there is no program \(name): install it"
        }
    }
}
