// Messages of programs quote any text that is in the backup, so they are taken apart by bytes and not by characters:
// for Swift, a colon followed by a combining accent is not a colon, and a form feed ends a line.

extension String {
    /// The text after a prefix; nil when the text does not begin with it.
    package func after(_ prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The text before and after the first occurrence of a separator; nil when there is none.
    package func parted(by separator: String) -> (before: String, behind: String)? {
        let bytes = Array(utf8)
        let wanted = Array(separator.utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start...].starts(with: wanted) {
            return (
                String(decoding: bytes[..<start], as: UTF8.self),
                String(decoding: bytes[(start + wanted.count)...], as: UTF8.self)
            )
        }
        return nil
    }

    package func containsBytes(_ part: String) -> Bool { parted(by: part) != nil }
}
