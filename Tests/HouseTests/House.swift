import Foundation
import TestSupport
import Testing

/// The package as SwiftPM describes it: what there is, and who imports whom.
struct House: Decodable {
    struct Target: Decodable {
        let name: String
        let path: String
        let type: String
        private let targetDependencies: [String]?
        private let productDependencies: [String]?

        private enum CodingKeys: String, CodingKey {
            case name, path, type
            case targetDependencies = "target_dependencies"
            case productDependencies = "product_dependencies"
        }

        /// The folder of Sources/ that it lies in; nil for tests.
        var room: String? {
            let parts = path.split(separator: "/").map(String.init)
            return parts.first == "Sources" ? parts[1] : nil
        }

        /// Targets of the package that it imports, C libraries included.
        var imports: [String] { (targetDependencies ?? []).sorted() }
        /// Modules of other packages that it imports.
        var products: [String] { (productDependencies ?? []).sorted() }
    }

    let targets: [Target]

    /// From the lowest to the highest. A target imports targets of its own room and of lower rooms.
    static let rooms = [
        "Libraries", "Words", "Formats", "Machine", "Evidence", "ColdTier", "Drill", "pgassay", "Sample",
    ]

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of each Swift file of the program, by its path below `Sources`.
    static func sources() throws -> [String: String] {
        let sources = folder.appending(path: "Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        return try Dictionary(
            uniqueKeysWithValues: files.map {
                ($0, try String(contentsOf: sources.appending(path: $0), encoding: .utf8))
            })
    }

    static func described() async throws -> House { try await once.value }

    /// The lock is left alone because the `swift test` that runs this holds it; describing a package changes nothing. The other
    /// packages are there already: tools/build.sh has fetched them.
    private static let once = Once { () -> House in
        let arguments = [
            "swift", "package", "--scratch-path", ".build-tests", "--ignore-lock", "describe", "--type", "json",
        ]
        let outcome = try await Program("/usr/bin/env").run(
            arguments, in: .init(folder.path), environment: ProcessInfo.processInfo.environment)
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        // Notes about the package may come before the document.
        let document = try #require(outcome.output.firstIndex(of: "{"))
        return try JSONDecoder().decode(House.self, from: Data(outcome.output[document...].utf8))
    }

    subscript(_ name: String) -> Target? { targets.first { $0.name == name } }

    /// All that a target imports, also through others: targets and products.
    func everything(importedBy name: String) -> Set<String> {
        var (found, open) = (Set<String>(), [name])
        while let next = open.popLast() {
            guard let target = self[next] else { continue }
            found.formUnion(target.products)
            for one in target.imports where found.insert(one).inserted { open.append(one) }
        }
        return found
    }

    /// The rooms from the highest down, as docs/architecture.md shows them: each target with what it imports.
    var drawing: String {
        Self.rooms.reversed().filter { $0 != "Sample" && $0 != "Libraries" }.map { room in
            let lines = targets.filter { $0.room == room }.sorted { higher($0, $1) }.map(line)
            return (["\(room)/"] + lines).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func line(of target: Target) -> String {
        let own = target.imports.filter { self[$0]?.room != "Libraries" }
        let outside = target.imports.filter { self[$0]?.room == "Libraries" } + target.products
        let words = own + (outside.isEmpty ? [] : ["+"]) + outside
        var lines = [
            "    " + target.name.padding(toLength: 16, withPad: " ", startingAt: 0) + (words.isEmpty ? "" : "─▶")
        ]
        for word in words {
            if lines[lines.count - 1].count + word.count > 112 { lines.append(String(repeating: " ", count: 22)) }
            lines[lines.count - 1] += " " + word
        }
        return lines.map { $0.trimmingSuffix { $0 == " " } }.joined(separator: "\n")
    }

    /// What imports others of its room comes before them.
    private func higher(_ one: Target, _ other: Target) -> Bool {
        (floor(of: other.name), one.name) < (floor(of: one.name), other.name)
    }

    /// How many floors of its own room are below a target.
    private func floor(of name: String) -> Int {
        guard let target = self[name] else { return 0 }
        return target.imports.filter { self[$0]?.room == target.room }.map { 1 + floor(of: $0) }.max() ?? 0
    }
}

extension String {
    fileprivate func trimmingSuffix(while condition: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, condition(last) { text.removeLast() }
        return text
    }
}
