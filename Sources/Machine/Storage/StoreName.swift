/// The rule for names of files in a store. It keeps a forged manifest from making us read or write anywhere else.
///
/// A name is relative, and `/` divides its parts. No part is empty, begins with a dot (`..`, and the directory for
/// files of a running export) or is longer than the name of a file may be. No byte of it moves a terminal's cursor or
/// divides parts on other systems.
package enum StoreName {
    /// Longest name, in bytes: the longest key of an S3 object.
    package static let limit = 1024
    /// Longest part, in bytes: the longest name of a file (limits.h, `NAME_MAX`).
    package static let partLimit = 255

    /// What is wrong with a name, as the rest of a sentence that starts with it; nil for a good one.
    package static func flaw(in name: String) -> String? {
        guard name.utf8.count <= limit else { return "is longer than \(limit) bytes" }
        guard !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return "has a control character in it" }
        // Bytes are compared, as other systems do: for Swift, a slash with a combining accent is another character than
        // a slash.
        guard !name.utf8.contains(UInt8(ascii: "\\")) else { return "has a backslash in it" }
        for part in name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty { return "has an empty part" }
            if part.first == UInt8(ascii: ".") { return "has a part that begins with a dot" }
            if part.count > partLimit { return "has a part of more than \(partLimit) bytes" }
        }
        return nil
    }

    /// True if the name of a file or directory is below a directory, at any depth.
    package static func isBelow(_ name: String, _ directory: String) -> Bool {
        name.utf8.starts(with: "\(directory)/".utf8)
    }

    /// True if the name is directly in the directory, and not in one below it.
    package static func isDirectly(_ name: String, in directory: String) -> Bool {
        isBelow(name, directory) && !name.utf8.dropFirst(directory.utf8.count + 1).contains(UInt8(ascii: "/"))
    }
}
