import Foundation
import TestSupport
import Testing

/// One file of the program writes to standard output and standard error.
@Suite struct OnlyTerminalWrites {
    @Test func everythingElseGoesThroughIt() throws {
        // What the launcher says is read by the program that started it.
        let writers = try House.sources().filter { file, text in
            let pattern =
                /\b(?:print|debugPrint|puts|fputs|perror)\(|STDOUT_FILENO|STDERR_FILENO|FileHandle\.standard[OE]/
            return !file.hasPrefix("Machine/Launcher/") && text.firstMatch(of: pattern) != nil
        }
        #expect(writers.keys.sorted() == ["pgassay/Terminal.swift"])
    }
}
