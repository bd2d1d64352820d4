/// How texts stand in a first plan.
enum FirstPlanText {
    /// A text as YAML has it, in quotes where another reader could take it for something else.
    static func quoted(_ text: String) -> String {
        let isPlain =
            text.wholeMatch(of: /[A-Za-z_\/][A-Za-z0-9_.\/\-]*/) != nil
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text.lowercased())
        if isPlain { return text }
        // YAML 1.2, double-quoted style: escapes as in JSON.
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f || scalar.value > 0x10ffff:
                "\\x" + String(scalar.value + 0x100, radix: 16).suffix(2)
            default: String(Character(scalar))
            }
        }
        return "\"\(escaped.joined())\""
    }
}
