/// The rule for names of files in a store: whoever wrote a manifest cannot make us read or write anywhere else.
///
/// A name is relative, its parts divided by `/`. No part is empty, begins with a dot (`..`, and what an export keeps of its
/// own) or is longer than a file's name may be; nothing in it moves a terminal's cursor or divides parts elsewhere.
package enum StoreName {
    /// Of names, in bytes: as long as the key of an S3 object may be.
    package static let limit = 1024
    /// Of one part, in bytes: as long as the name of a file may be (limits.h, `NAME_MAX`).
    package static let partLimit = 255

    /// What is wrong with a name, as the rest of a sentence that starts with it; nil for a good one.
    package static func flaw(in name: String) -> String? {
        guard name.utf8.count <= limit else { return "is longer than \(limit) bytes" }
        guard !name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return "has a control character in it" }
        // Swift compares characters, and one may begin with a slash and go on with an accent: bytes are what systems see.
        guard !name.utf8.contains(UInt8(ascii: "\\")) else { return "has a backslash in it" }
        for part in name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty { return "has an empty part" }
            if part.first == UInt8(ascii: ".") { return "has a part that begins with a dot" }
            if part.count > partLimit { return "has a part of more than \(partLimit) bytes" }
        }
        return nil
    }

    /// Whether a file's name, or a directory's, lies below a directory: however deep.
    package static func isBelow(_ name: String, _ directory: String) -> Bool {
        name.utf8.starts(with: "\(directory)/".utf8)
    }

    /// Whether it lies in the directory itself and in none below it.
    package static func isDirectly(_ name: String, in directory: String) -> Bool {
        isBelow(name, directory) && !name.utf8.dropFirst(directory.utf8.count + 1).contains(UInt8(ascii: "/"))
    }
}
