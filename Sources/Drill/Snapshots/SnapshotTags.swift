import Foundation
import Scratch

/// By what is ours in a cloud: what has not all of these tags is never deleted.
package struct SnapshotTags: Sendable, Equatable {
    let values: [String: String]

    private static let mark = (key: "pgassay", value: "drill")
    private static let expiresKey = "pgassay-expires"
    private static let hostKey = "pgassay-host"

    /// Of one drill. They differ from those of every other.
    init(plan: String, expires: Date) {
        values = [
            Self.mark.key: Self.mark.value, Self.expiresKey: expires.formatted(.iso8601),
            "pgassay-plan": Self.allowed(plan), Self.hostKey: Self.allowed(ProcessInfo.processInfo.hostName),
            "pgassay-drill": UUID().uuidString.lowercased(),
        ]
    }

    /// - Parameter found: of something in the cloud.
    /// - Returns: nil when they are not those of a drill.
    init?(found: [String: String]) {
        guard found[Self.mark.key] == Self.mark.value,
            found[Self.expiresKey].flatMap({ try? Date($0, strategy: .iso8601) }) != nil
        else { return nil }
        values = found.filter { $0.key.hasPrefix(Self.mark.key) }
    }

    var expires: Date { (try? Date(values[Self.expiresKey] ?? "", strategy: .iso8601)) ?? .distantFuture }
    var host: String { values[Self.hostKey] ?? "a host that it does not tell" }

    func areAll(in found: [String: String]) -> Bool { values.allSatisfy { found[$0.key] == $0.value } }

    /// As the tool takes them, in one word.
    var option: String {
        let list = values.sorted { $0.key < $1.key }.map { ["Key": $0.key, "Value": $0.value] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return "--tags=" + ((try? encoder.encode(list)).map { String(decoding: $0, as: UTF8.self) } ?? "[]")
    }

    /// What a value may be made of (AWS documentation, "Tagging Amazon RDS resources").
    private static func allowed(_ text: String) -> String {
        String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber || " _.:/=+-@".contains($0)) ? $0 : "-" }.prefix(256))
    }
}
