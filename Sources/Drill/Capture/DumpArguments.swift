/// The arguments of pg_dump that a person gives, of which some would go against what a capture sets.
enum DumpArguments {
    /// Options that a capture sets itself, or that would make no dump, by their long names.
    private static let own = [
        "file": "f", "dbname": "d", "host": "h", "port": "p", "username": "U", "password": "W", "snapshot": nil,
        "help": "?", "version": "V",
    ]
    /// Options whose value may be an argument of its own, besides those above.
    private static let withValue: Set<String> = [
        "format", "jobs", "schema", "exclude-schema", "table", "exclude-table", "table-and-children",
        "exclude-table-and-children", "exclude-table-data", "exclude-table-data-and-children", "encoding", "compress",
        "extension", "exclude-extension", "superuser", "section", "rows-per-insert", "extra-float-digits", "role",
        "lock-wait-timeout", "include-foreign-data", "filter", "sync-method", "restrict-key",
    ]
    private static let lettersWithValue = Set("EFjnNStTZef")
    /// Options that choose among tables, so that reading all of them would be too much.
    private static let choosing: Set<String> = [
        "schema", "exclude-schema", "table", "exclude-table", "table-and-children", "exclude-table-and-children",
        "exclude-table-data", "exclude-table-data-and-children", "extension", "schema-only", "section", "filter",
        "no-data", "statistics-only",
    ]
    private static let choosingLetters = Set("nNtTes")

    /// Looks at arguments as getopt_long of pg_dump reads them: letters may stand together, long names may be shortened.
    /// - Returns: whether they leave out tables, or rows of tables.
    /// - Throws: ``CaptureError/ownArgument(_:)``.
    static func check(_ arguments: [String]) throws(CaptureError) -> Bool {
        var chooses = false
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if argument.hasPrefix("--"), argument.count > 2 {
                let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                let full = fullName(name)
                if own.keys.contains(full) { throw .ownArgument("--\(full)") }
                chooses = chooses || choosing.contains(full)
                if parts.count == 1, withValue.contains(full) { index += 1 }
            } else if argument.hasPrefix("-"), argument.count > 1, argument != "--" {
                let letters = Array(argument.dropFirst())
                for (position, letter) in letters.enumerated() {
                    if let name = own.first(where: { $0.value == String(letter) })?.key {
                        throw .ownArgument("-\(letter) (--\(name))")
                    }
                    chooses = chooses || choosingLetters.contains(letter)
                    if lettersWithValue.contains(letter) {
                        if position == letters.count - 1 { index += 1 }
                        break
                    }
                }
            } else {
                // A name of a database.
                throw .ownArgument(argument)
            }
        }
        return chooses
    }

    /// The option that a shortened name stands for; the name itself where that is open.
    private static func fullName(_ name: String) -> String {
        let all = withValue.union(own.keys).union(choosing).union([
            "verbose", "data-only", "clean", "create", "no-owner",
        ])
        if all.contains(name) { return name }
        let fitting = all.filter { $0.hasPrefix(name) }
        return fitting.count == 1 ? fitting.first! : name
    }
}
