/// A hole in PostgreSQL that a backup can use against the machine that restores it, and the releases that close it.
package struct KnownHole: Sendable, Equatable {
    package let name: String
    /// What it allows, as a clause.
    package let allows: String
    /// The first minor release of each major version without the hole.
    let firstFixed: [Int: Int]

    /// Every hole that matters to a drill. Those of psql do not: pgassay runs none. Nor does CVE-2026-16238, of planner
    /// statistics: pgassay restores none.
    static let all = [
        KnownHole(
            name: "CVE-2026-116314", allows: "pg_restore runs code from a crafted archive",
            firstFixed: [14: 25, 15: 20, 16: 16, 17: 12, 18: 7])
    ]
}

extension ServerVersion {
    /// The known holes of this release. Of a major version that a hole's list does not name, the older ones have it:
    /// they are mended no more.
    package var knownHoles: [KnownHole] {
        KnownHole.all.filter { hole in
            guard let fixed = hole.firstFixed[major] else { return major < (hole.firstFixed.keys.min() ?? 0) }
            return minor < fixed
        }
    }

    /// The known holes in words: `; known hole CVE-…: …, closed in 15.20`. Empty where there is none.
    package var holesInWords: String {
        knownHoles.map { hole in
            let closed = hole.firstFixed[major].map { "closed in \(major).\($0)" } ?? "not closed in this major version"
            return "; known hole \(hole.name): \(hole.allows), \(closed)"
        }.joined()
    }
}
