// What programs print quotes whatever is in the backup, so it is taken apart by bytes: to Swift, a colon with a
// combining accent behind it is no colon any more, and a form feed ends a line.

extension String {
    /// The text behind a prefix; nil when it does not begin with it.
    package func after(_ prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The text before and behind the first occurrence of a separator.
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
