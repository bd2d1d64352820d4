import Foundation
import SystemPackage

/// A program that is not ours and must agree with us. A test that needs one fails without it.
struct Tool {
    var arguments: [String]

    static let openssl = Tool(arguments: ["openssl"])
    static let shell = Tool(arguments: ["sh", "-eu"])

    /// in-toto's and DSSE's reference libraries: the Python named by PGASSAY_PYTHON, else the one in `.venv`.
    static let reference: Tool = {
        let python = ProcessInfo.processInfo.environment["PGASSAY_PYTHON"]
        return Tool(arguments: [
            python ?? packageRoot.appending(".venv/bin/python").string,
            packageRoot.appending("Tests/EvidenceTests/in_toto_oracle.py").string,
        ])
    }()

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs it in a directory and waits. Its output goes through files, so that no pipe can fill up.
    func run(_ more: String..., in directory: FilePath, input: String = "") throws -> Outcome {
        let scratch = try makeScratchDirectory()
        defer { try? FileManager.default.removeItem(atPath: scratch.string) }
        let (input_, output, errors) = (
            scratch.appending("in"), scratch.appending("out"), scratch.appending("err")
        )
        try input_.write(input)
        try output.write("")
        try errors.write("")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments + more
        process.currentDirectoryURL = URL(filePath: directory.string)
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: input_.string))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output.string))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors.string))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: try output.contents(), as: UTF8.self),
            errors: String(decoding: try errors.contents(), as: UTF8.self))
    }
}
