import Findings

/// Tests compare ids with the words that users see. The product itself uses the constants.
extension CheckID: ExpressibleByStringLiteral {
    /// - Parameter name: the id as users see it.
    public init(stringLiteral name: String) { self.init(name) }
}
