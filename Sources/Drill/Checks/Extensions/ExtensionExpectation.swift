import Findings
import PlanFile

/// Which version of an extension there should be; nil asks for none, only that it is there.
package struct ExtensionExpectation: Sendable, Equatable {
    package var version: String?
    package var minimum: VersionNumber?
    /// The version at the source, which a dump does not hold: it is told, and not asked for.
    package var atSource: String?

    package init(version: String? = nil, minimum: VersionNumber? = nil, atSource: String? = nil) {
        self.version = version
        self.minimum = minimum
        self.atSource = atSource
    }

    var words: String? { version.map { "version \($0)" } ?? minimum.map { "version \($0) or later" } }

    /// - Returns: nil where the two cannot be compared.
    func allows(_ installed: String) -> Bool? {
        if let version { return version.utf8.elementsEqual(installed.utf8) }
        guard let minimum else { return true }
        return VersionNumber(parsing: installed).map { $0 >= minimum }
    }
}

/// The name of an extension.
package struct ExtensionName: ExactlyNamed, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    package init(_ name: String) { description = name }

    package var nameParts: [String] { [description] }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension ExtensionExpectation {
    static let keys = ["version", "minimum"]

    /// If neither key is given, the extension only has to be there.
    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init(version: try values["version"]?.digitsOrText(), minimum: try values["minimum"]?.versionNumber())
        guard values.count < 2 else { throw node.error("version leaves nothing for minimum to say") }
    }
}
