import Findings

/// Tests compare ids with the words that users see. The product itself uses the constants.
extension CheckID: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) { self.init(name) }
}
