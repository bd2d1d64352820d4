/// Something with a name that PostgreSQL gave it, told apart by bytes as PostgreSQL does.
///
/// Swift's strings are equal when they look the same: to it `é` in one code point and in two are one name, and two tables
/// would share one answer.
package protocol ExactlyNamed: Hashable {
    /// All that tells it apart.
    var nameParts: [String] { get }
}

extension ExactlyNamed {
    package static func == (left: Self, right: Self) -> Bool {
        left.nameParts.elementsEqual(right.nameParts) { $0.utf8.elementsEqual($1.utf8) }
    }

    package func hash(into hasher: inout Hasher) {
        for part in nameParts {
            hasher.combine(part.utf8.count)
            for byte in part.utf8 { hasher.combine(byte) }
        }
    }
}
