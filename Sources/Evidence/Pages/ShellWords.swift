/// A command that can be pasted into a shell.
package enum ShellWords {
    /// Words with other characters than those of names and paths stand in quotes.
    package static func line(_ words: [String]) -> String {
        words.map { word in
            word.wholeMatch(of: /[A-Za-z0-9_.,:=@%+\/\-]+/) != nil
                ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
        }.joined(separator: " ")
    }
}
