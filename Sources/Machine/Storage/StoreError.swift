/// Why a store did not do what it was asked.
package enum StoreError: Error, Sendable, Equatable {
    /// There is no such file.
    case missing(name: String, location: String)
    /// The system or the `aws` tool refused: the action, the file, and the reason.
    case refused(action: String, name: String, location: String, reason: String)
    /// The disk or the quota is full.
    case full(location: String)
    /// It is there already.
    case exists(name: String, location: String)
    /// Another export has written it since this one read it.
    case changed(name: String, location: String)
    /// A file is larger than any valid file of its kind; the limit in bytes.
    case tooLarge(name: String, limit: Int)
    /// The `aws` tool is not installed; the text says what to do.
    case noTool(String)
    /// The text does not name a place where an export can be; the text, and why not.
    case badLocation(String, reason: String)
    /// A name that could lead out of the store; what is wrong with it, as the rest of a sentence.
    case badName(String, flaw: String)
    /// There was no progress for this many seconds, and the action was stopped.
    case stalled(action: String, name: String, location: String, seconds: Double)
    /// The task was cancelled.
    case cancelled
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name, let location): "\(location) has no file \(name)"
        case .refused(let action, let name, let location, let reason):
            "cannot \(action) \(Self.place(name, location)): \(reason)"
        case .full(let location):
            "there is no room left in \(location): free some and start again, nothing finished is done twice"
        case .exists(let name, let location):
            "\(location) has \(name) already, and no manifest says what it is: move it away, or export somewhere else"
        case .changed(let name, let location):
            "another export has written \(name) in \(location) since this one began: start again, no finished slice is "
                + "done twice"
        case .tooLarge(let name, let limit): "\(name) is larger than \(limit) bytes, so it is not what it should be"
        case .noTool(let words): words
        case .badLocation(let location, let reason): "\(location) is no place for an export: \(reason)"
        case .badName(let name, let flaw): "the name \(name) \(flaw), so it is not used"
        case .stalled(let action, let name, let location, let seconds):
            "could not \(action) \(Self.place(name, location)): nothing happened for "
                + "\(Int(seconds)) s. Look at the network, and start again."
        case .cancelled: "it was stopped"
        }
    }

    private static func place(_ name: String, _ location: String) -> String {
        name.isEmpty ? location : "\(name) in \(location)"
    }
}
