import FoundationEssentials

/// A variable of our environment.
package enum Variable {
    /// - Returns: nil if it is not there or is empty: what starts programs sets to nothing what it does not know.
    package static func value(of name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
