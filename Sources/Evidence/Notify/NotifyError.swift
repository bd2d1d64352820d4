/// Why somebody was not told. It never has a secret in it.
package enum NotifyError: Error, Sendable, Equatable, CustomStringConvertible {
    case noCredential(String)
    case unreadable(String)
    case noURL
    case noProgram(String)
    case failed(String, reason: String)
    case tooSlow(String, seconds: Double)

    package var description: String {
        switch self {
        case .noCredential(let name):
            "there is no credential \(name): it is not run by a unit of systemd with LoadCredential=\(name):…"
        case .unreadable(let words): words
        case .noURL: "what is named as a URL is none: it begins with https:// or http:// and has no blanks"
        case .noProgram(let name): "there is no program \(name): install it"
        case .failed(let name, let reason): "\(name) failed: \(reason)"
        case .tooSlow(let name, let seconds): "\(name) was stopped after \(Int(seconds)) s"
        }
    }
}
