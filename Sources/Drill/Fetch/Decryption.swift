import Foundation
import PlanKeys
import Processes
import Scratch
import SystemPackage

/// A command that decrypts: it reads the encrypted bytes from its standard input, and writes the backup to its standard
/// output. The command itself must find its key; the drill proves that this key still opens the backup.
package struct Decryption: Sendable, Equatable {
    /// A program and its arguments, run without a shell.
    package let command: [String]
    /// Names of our environment variables that the command gets.
    package let variables: [String]

    package init(command: [String], variables: [String]) {
        self.command = command
        self.variables = variables
    }

    /// - Throws: ``FetchError``; what `source` and `sink` throw.
    func perform(
        in place: Workspace, deadline: Duration,
        source: @escaping @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void,
        sink: ([UInt8]) async throws -> Void
    ) async throws {
        let tool = try Tool(
            command[0], variables: variables, advice: "install it, or correct \(PlanKey.backupDecrypt) of the plan")
        let outcome = try await tool.command(Array(command.dropFirst()), in: place).filter(
            deadline: deadline,
            input: { writer in
                try await source { bytes in
                    // Writing to a program that has ended is not always an error.
                    try Task.checkCancellation()
                    _ = try await writer.write(bytes)
                }
            }, output: sink)
        if outcome.timedOut {
            throw FetchError.deadlineExceeded(program: tool.name, seconds: deadline / .seconds(1))
        }
        guard outcome.succeeded else {
            throw FetchError.notOpened(program: tool.name, reason: tool.failure(of: outcome))
        }
    }
}
