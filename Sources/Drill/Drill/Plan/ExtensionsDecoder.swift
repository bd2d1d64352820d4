import Checks

extension PlanNode {
    /// `checks.extensions`: by name.
    func extensionExpectations() throws(PlanError) -> [ExtensionName: ExtensionExpectation] {
        var expectations: [ExtensionName: ExtensionExpectation] = [:]
        for (key, value) in try named() { expectations[ExtensionName(key.name)] = try ExtensionExpectation(value) }
        return expectations
    }

    /// Numbers with dots between them.
    func versionNumber() throws(PlanError) -> VersionNumber {
        let text = try digitsOrText()
        guard let version = VersionNumber(parsing: text) else {
            throw error("expected numbers with dots between them, such as 9 or \"1.6\", found “\(text.prefix(60))”")
        }
        return version
    }
}

extension ExtensionExpectation {
    static let keys = ["version", "minimum"]

    /// If neither key is given, the extension only has to be there.
    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(version: try values["version"]?.digitsOrText(), minimum: try values["minimum"]?.versionNumber())
        guard values.count < 2 else { throw node.error("version leaves nothing for minimum to say") }
    }
}
