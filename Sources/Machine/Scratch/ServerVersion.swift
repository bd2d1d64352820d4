/// A release of PostgreSQL, read from texts such as `15.18 (Debian 15.18-0+deb12u1)` or `postgres (PostgreSQL) 17.5`.
package struct ServerVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Major version as PostgreSQL counts since 10; before that `9.6` is major 9, minor 6.
    package let major: Int
    package let minor: Int

    package init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// - Returns: nil when the text holds no version.
    package init?(parsing text: String) {
        guard let match = text.firstMatch(of: /(\d{1,4})(?:\.(\d{1,6}))?/), let major = Int(match.1) else { return nil }
        self.init(major: major, minor: match.2.flatMap { Int($0) } ?? 0)
    }

    /// - Parameter number: as `server_version_num` and `PQserverVersion` count: 150018 is 15.18, 90624 is 9.6.24.
    package init(number: Int) {
        self.init(major: number / 10_000, minor: number >= 100_000 ? number % 10_000 : number / 100 % 100)
    }

    /// Whether a server of this version reads everything that one of `other` wrote as a dump. Minor releases never
    /// change the format.
    package func isAtLeastMajor(of other: ServerVersion) -> Bool {
        if major != other.major { return major > other.major }
        return major >= 10 || minor >= other.minor
    }

    package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

    package var description: String { "\(major).\(minor)" }
}
