import Foundation
import PlanKeys
import Processes
import Scratch
import SystemPackage

/// A backup that any other tool fetches: a command fills an empty directory.
package struct CommandBackup: BackupRepository, Equatable {
    /// A program and its arguments, run without a shell; `{directory}` is replaced by the directory's path.
    let command: [String]
    /// Names of our environment variables that the command gets.
    let variables: [String]

    package static let placeholder = "{directory}"

    package init(command: [String], variables: [String]) {
        self.command = command
        self.variables = variables
    }

    package func location(of name: String) -> String { "command: \(name)" }

    package var program: String { command[0] }

    package var order: String { "nothing: there is one" }

    package var namesAreFinal: Bool { false }

    package var words: String { "run \(command.joined(separator: " "))" }

    package func backups() -> [RepositoryBackup] {
        [RepositoryBackup(name: command.joined(separator: " "), created: nil, bytes: nil)]
    }

    package func fetch(
        _ backup: RepositoryBackup, to place: Workspace, deadline: Duration, emit: @escaping FetchEventSink
    ) async throws -> FetchedBackup {
        let directory = place.path.appending("fetched")
        try place.makeDirectory(directory)
        let tool = try Tool(
            command[0], variables: variables, advice: "install it, or correct \(PlanKey.backupCommand) of the plan")
        let arguments = command.dropFirst().map { $0.replacing(Self.placeholder, with: directory.string) }
        let outcome = try await tool.run(arguments, in: place, deadline: deadline) { emit(.item($0)) }
        guard outcome.succeeded else {
            throw FetchError.failed(program: tool.name, reason: tool.failure(of: outcome))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.string)
        guard !names.isEmpty else {
            throw FetchError.failed(program: tool.name, reason: "it ended well, and the directory is empty")
        }
        // A single dump, or a single directory, is the backup itself.
        if names.count == 1, names[0] != "toc.dat" {
            let only = directory.appending(names[0])
            guard try Stat(only, followTargetSymlink: false).type != .symbolicLink else {
                throw FetchError.failed(
                    program: tool.name, reason: "it left a link, \(names[0]), and no copy of what that leads to")
            }
            return FetchedBackup(path: only)
        }
        return FetchedBackup(path: directory)
    }
}
