import Foundation
import Scratch

/// Tags of resources that we created in a cloud. A resource without all of them is never deleted.
package struct SnapshotTags: Sendable, Equatable {
    let values: [String: String]

    private static let mark = (key: "pgassay", value: "drill")
    private static let expiresKey = "pgassay-expires"
    private static let hostKey = "pgassay-host"

    /// The tags of one drill. They differ from those of every other drill.
    init(plan: String, expires: Date) {
        values = [
            Self.mark.key: Self.mark.value, Self.expiresKey: expires.formatted(.iso8601),
            "pgassay-plan": Self.allowed(plan), Self.hostKey: Self.allowed(ProcessInfo.processInfo.hostName),
            "pgassay-drill": UUID().uuidString.lowercased(),
        ]
    }

    /// - Parameter found: the tags of a resource in the cloud.
    /// - Returns: nil if they are not the tags of a drill.
    init?(found: [String: String]) {
        guard found[Self.mark.key] == Self.mark.value,
            found[Self.expiresKey].flatMap({ try? Date($0, strategy: .iso8601) }) != nil
        else { return nil }
        values = found.filter { $0.key.hasPrefix(Self.mark.key) }
    }

    var expires: Date { (try? Date(values[Self.expiresKey] ?? "", strategy: .iso8601)) ?? .distantFuture }
    var host: String { values[Self.hostKey] ?? "an unknown host" }

    func areAll(in found: [String: String]) -> Bool { values.allSatisfy { found[$0.key] == $0.value } }

    /// The tags as one argument of the `aws` tool.
    var option: String {
        let list = values.sorted { $0.key < $1.key }.map { ["Key": $0.key, "Value": $0.value] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return "--tags=" + ((try? encoder.encode(list)).map { String(decoding: $0, as: UTF8.self) } ?? "[]")
    }

    /// Replaces characters that a value may not have (AWS documentation, "Tagging Amazon RDS resources").
    private static func allowed(_ text: String) -> String {
        String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber || " _.:/=+-@".contains($0)) ? $0 : "-" }.prefix(256))
    }
}
