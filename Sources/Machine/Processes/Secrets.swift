/// Secrets in words that people read: messages, logs, arguments of a program.
enum Secrets {
    /// Replaces the values of variables whose name is that of a secret, and the `user:password` of `user:password@host`.
    static func hide(valuesOf environment: [String: String], in words: String) -> String {
        environment.filter { $0.value.count >= 6 && isName($0.key) }.map(\.value)
            .reduce(words.replacing(/:\/\/[^\/@\s]+@/, with: "://…@")) { $0.replacing($1, with: "…") }
    }

    /// Replaces secrets in the arguments of a program: of `--password VALUE`, `name=value`, `name: value`.
    static func hide(in arguments: [String]) -> [String] {
        var hidden: [String] = []
        var isValueOfSecret = false
        for argument in arguments {
            hidden.append(isValueOfSecret ? "…" : hide(settingsIn: argument))
            // `--master-user-password VALUE`. A name alone: a value after an equals sign is hidden already.
            isValueOfSecret =
                !isValueOfSecret && argument.hasPrefix("-") && !argument.contains("=")
                && !argument.contains(where: \.isWhitespace) && !argument.lowercased().hasPrefix("--no-")
                && isName(argument)
        }
        return hidden
    }

    /// Words in the name of a variable, an option or a setting that holds a secret.
    private static let words = ["pass", "secret", "token", "credential", "key", "authorization", "signature"]

    private static func isName(_ name: String) -> Bool {
        let name = name.lowercased()
        return words.contains { name.contains($0) }
    }

    private static func hide(settingsIn argument: String) -> String {
        let name = "([A-Za-z0-9_-]*(?:\(words.joined(separator: "|")))[A-Za-z0-9_-]*\\s*[=:]\\s*)"
        let value = #"('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|(?:(?:Bearer|Basic) )?[^\s&;,]+)"#
        guard let setting = try? Regex(name + value, as: (Substring, Substring, Substring).self).ignoresCase() else {
            // The pattern does not depend on the argument, and a test sees that it is read.
            preconditionFailure("the pattern of settings cannot be read")
        }
        return argument.replacing(/:\/\/[^\/@\s]+@/, with: "://…@").replacing(setting) { "\($0.output.1)…" }
    }
}
