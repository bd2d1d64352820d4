import ArgumentParser
import Findings
import Foundation

/// The name of a command that is not there. The parser would only count arguments that it did not expect.
enum UnknownCommand {
    /// - Throws: ``Failure`` if the first words, which name a command, name none.
    static func refuse(_ words: [String], of command: any ParsableCommand.Type) throws {
        let children = command.configuration.subcommands
        guard let word = words.first, !word.hasPrefix("-"), !children.isEmpty else { return }
        let names = children.map(name)
        if let next = children.first(where: { name($0) == word }) {
            return try refuse(Array(words.dropFirst()), of: next)
        }
        if word == "help" { return }
        // A word that names no command is an argument of the one that is run without a name.
        let runsWithoutName = command.configuration.defaultSubcommand != nil
        if runsWithoutName, closest(to: word, among: names) == nil || FileManager.default.fileExists(atPath: word) {
            return
        }
        throw Failure(
            .wrongCommand,
            "there is no command \(word).\(didYouMean(word, among: names)) There are: \(names.joined(separator: ", "))."
        )
    }

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }
}
