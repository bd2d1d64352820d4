import Foundation
import TestSupport
import Testing

/// One file of the program writes to standard output and standard error.
@Suite struct OnlyTerminalWrites {
    @Test func everythingElseGoesThroughIt() throws {
        let sources = House.folder.appending(path: "Sources")
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        // What the launcher says is read by the program that started it.
        let writers = try files.filter { !$0.hasPrefix("Machine/Launcher/") }.filter { file in
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            let pattern =
                /\b(?:print|debugPrint|puts|fputs|perror)\(|STDOUT_FILENO|STDERR_FILENO|FileHandle\.standard[OE]/
            return text.firstMatch(of: pattern) != nil
        }
        #expect(writers.sorted() == ["pgassay/Terminal.swift"])
    }
}
