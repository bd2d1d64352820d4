/// Something with a name that PostgreSQL gave it. Names are compared byte by byte, as PostgreSQL compares them.
///
/// Swift's strings are equal when they look the same: `é` in one code point equals `é` in two. Two tables with such
/// names would be taken for one, and would share one answer.
package protocol ExactlyNamed: Hashable {
    /// All parts of the name that identify it.
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
