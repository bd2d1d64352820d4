import Findings
import Foundation
import SystemPackage
import Yams

/// A plan as it lies there: its bytes, and the YAML in them.
package struct PlanDocument {
    package let bytes: [UInt8]
    /// The mapping that the whole plan is.
    private let root: PlanNode

    /// The largest plan that is read, in bytes.
    private static let maximumSize = 1 << 20

    /// How many mistakes are told at once.
    private static let mostMistakes = 50

    /// Reads a plan from a file.
    /// - Throws: ``PlanError`` when the file cannot be read, is too large, or is not valid YAML.
    package init(contentsOf file: FilePath) throws(PlanError) {
        func whole(_ problem: String) -> PlanError { PlanError(file: file, line: nil, path: [], problem: problem) }
        let handle: FileHandle
        let data: Data
        do {
            handle = try FileHandle(forReadingFrom: URL(filePath: file.string))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.maximumSize + 1) ?? Data()
        } catch let error as CocoaError where [.fileNoSuchFile, .fileReadNoSuchFile].contains(error.code) {
            throw whole(Self.absence(of: file))
        } catch {
            throw whole("the plan cannot be read: \((error as NSError).localizedDescription)")
        }
        guard data.count <= Self.maximumSize else {
            throw whole("the file is larger than \(Self.maximumSize) bytes, so it is no plan")
        }
        bytes = Array(data)
        root = try PlanNode(yaml: bytes, file: file)
    }

    /// Decodes the plan. If a value is wrong, the plan is decoded again without that value, so that all mistakes are told at
    /// once.
    /// - Throws: ``PlanMistakes``.
    package func decode<Value>(_ body: (PlanNode) throws(PlanError) -> Value) throws(PlanMistakes) -> Value {
        var mistakes: [PlanError] = []
        var leftOut: Set<[String]> = []
        while true {
            switch Result(catching: { () throws(PlanError) in try body(root.leavingOut(leftOut)) }) {
            case .success(let value):
                if mistakes.isEmpty { return value }
                throw PlanMistakes(mistakes)
            case .failure(let error):
                if !error.isConsequence(of: leftOut) { mistakes.append(error) }
                // A key that is missing is left out itself; a decoder that cannot go on without it, with what it decodes.
                let isNew =
                    error.missing.map { leftOut.insert(error.path + [$0]).inserted } ?? false
                    || !error.path.isEmpty && leftOut.insert(error.path).inserted
                guard isNew, mistakes.count < Self.mostMistakes else { throw PlanMistakes(mistakes) }
            }
        }
    }

    /// The message that there is no such file, with the plans that are in the same directory.
    private static func absence(of file: FilePath) -> String {
        let directory = file.removingLastComponent()
        // If a directory cannot be listed, there are no plans to suggest.
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: directory.isEmpty ? "." : directory.string)) ?? []
        let plans = names.filter { [".yaml", ".yml"].contains(where: $0.lowercased().hasSuffix) }.sorted()
        return "there is no such file" + (plans.isEmpty ? "" : "; in that directory there is: \(firstOf(plans))")
    }
}

extension PlanNode {
    /// Reads YAML.
    fileprivate init(yaml bytes: [UInt8], file: FilePath) throws(PlanError) {
        func problem(_ problem: String, line: Int? = nil, path: [String] = []) -> PlanError {
            PlanError(file: file, line: line, path: path, problem: problem)
        }
        let root: Yams.Node?
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw problem("not valid YAML: the file is not UTF-8")
        }
        do {
            // A byte order mark is not part of the text.
            root = try Yams.compose(yaml: String(text.trimmingPrefix("\u{FEFF}")), PlanNode.resolver)
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw problem("duplicate key", line: context.mark.line, path: [keys.joined(separator: ", ")])
        } catch let error as YamlError {
            let line = error.line
            throw problem(
                "not valid YAML: \(line.flatMap { advice(onLine: $0, of: text) } ?? error.problem)", line: line)
        } catch {
            throw problem("not valid YAML: \(error)")
        }
        guard let root else { throw problem("the plan is empty") }
        self.init(node: root, file: file, path: [])
    }
}

extension PlanError {
    /// Whether this would not be wrong if the values had been right that were left out.
    fileprivate func isConsequence(of leftOut: Set<[String]>) -> Bool {
        if let missing { return leftOut.contains(path + [missing]) }
        return leftOut.contains { $0.dropLast() == path[...] }
    }
}

/// What is wrong with a line that YAML does not take, for the slips that are made most.
/// - Returns: nil for any other.
private func advice(onLine number: Int, of text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(number - 1) else { return nil }
    let line = lines[number - 1]
    if line.prefix(while: { $0.isWhitespace }).contains("\t") {
        return "the line begins with a tab; YAML is indented with blanks"
    }
    if let match = line.firstMatch(of: /(?:^|[:\-,\[{]\s+)([*&!%@`][^\s,}\]]*)/) {
        return "a value that begins with \(match.1.prefix(1)) is put in quotes: '\(match.1)'"
    }
    return line.contains("\t") ? "the line holds a tab; YAML takes blanks" : nil
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    fileprivate var problem: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
            .reader(let problem, _, _, _):
            problem
        default: "\(self)"
        }
    }
}
