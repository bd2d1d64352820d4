import Foundation
import PlanKeys
import Testing

/// A key that a message names is one that a plan may have.
@Suite struct PlanKeyTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let schema = Result {
        let data = try Data(contentsOf: root.appending(path: "config/plan.schema.json"))
        return try JSONDecoder().decode(Node.self, from: data)
    }

    private struct Node: Decodable {
        var properties: [String: Node]?
    }

    @Test(arguments: PlanKey.allCases)
    func isInTheSchema(_ key: PlanKey) throws {
        var node = try Self.schema.get()
        for step in key.description.split(separator: ".") {
            node = try #require(node.properties?[String(step)], "\(key): the schema has no \(step) there")
        }
    }

    /// Files of a data directory, of a tar dump, of an export and of a site, which only look like keys of the plan.
    private static let files: Set<String> = [
        "recovery.signal", "recovery.conf", "recovery.done", "restore.sql", "manifest.dsse.json", "ledger.html",
    ]

    /// What looks like a key in the text of a message, whether the schema has it or not, must be a ``PlanKey``.
    @Test func noMessageNamesOneInPlainText() throws {
        let roots = try #require(try Self.schema.get().properties).keys
        let key = try Regex("(?:^|[^A-Za-z0-9_./-])((?:\(roots.joined(separator: "|")))(?:\\.[a-z][A-Za-z-]*)+)")
        let sources = Self.root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var read = 0
        for case let file as URL in files
        where file.pathExtension == "swift" && file.lastPathComponent != "PlanKey.swift" {
            read += 1
            for literal in Self.literals(of: Array(try String(contentsOf: file, encoding: .utf8).utf8)) {
                for name in literal.matches(of: key).compactMap({ $0[1].substring }).map(String.init)
                where !Self.files.contains(name) {
                    Issue.record("\(file.lastPathComponent) names \(name) in plain text: \(literal)")
                }
            }
        }
        #expect(read > 300)
    }

    @Test func literalsAreFound() {
        let text = #"""
            // "limits.comment"
            let a = "limits.start \(key + "limits.inner") rest" + path.limits.code
            let b = """
                limits.long \(PlanKey.x) end
                """
            let c = #"limits.raw \(a)"#
            """#
        #expect(
            Self.literals(of: Array(text.utf8)).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                == ["limits.inner", "limits.start  rest", "limits.long  end", #"limits.raw \(a)"#])
    }

    /// The texts of the string literals of a Swift file, without what is interpolated into them; literals within an
    /// interpolation come before the one around them.
    private static func literals(of source: [UInt8]) -> [String] {
        var reader = LiteralReader(source: source)
        reader.code(until: nil)
        return reader.found
    }
}

/// Goes through Swift source as far as it takes to tell literals, comments and code apart.
private struct LiteralReader {
    let source: [UInt8]
    var index = 0
    var found: [String] = []

    private func isAt(_ text: String) -> Bool { source[index...].starts(with: text.utf8) }

    /// - Parameter end: the parenthesis that ends an interpolation; nil reads to the end of the file.
    mutating func code(until end: UInt8?) {
        var depth = 0
        while index < source.count {
            let byte = source[index]
            if isAt("//") {
                while index < source.count, source[index] != UInt8(ascii: "\n") { index += 1 }
            } else if isAt("/*") {
                while index < source.count, !isAt("*/") { index += 1 }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#") {
                literal()
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if depth == 0, end == byte { return }
                    depth -= 1
                }
                index += 1
            }
        }
    }

    private mutating func literal() {
        var hashes = ""
        while index < source.count, source[index] == UInt8(ascii: "#") {
            hashes += "#"
            index += 1
        }
        guard index < source.count, source[index] == UInt8(ascii: "\"") else { return }
        let quotes = isAt("\"\"\"") ? "\"\"\"" : "\""
        index += quotes.utf8.count
        var text: [UInt8] = []
        while index < source.count, !isAt(quotes + hashes) {
            if isAt("\\" + hashes + "(") {
                index += 2 + hashes.utf8.count
                code(until: UInt8(ascii: ")"))
                index += 1
            } else if isAt("\\" + hashes) {
                index += 1 + hashes.utf8.count
                text.append(UInt8(ascii: " "))
                // A line end that is escaped joins two lines; the key may be on the second one.
                index += 1
            } else {
                text.append(source[index])
                index += 1
            }
        }
        index += (quotes + hashes).utf8.count
        found.append(String(decoding: text, as: UTF8.self))
    }
}
