import Scratch
import Testing

/// Which releases have a hole, and from which on it is closed.
@Suite struct KnownHoleTests {
    @Test(arguments: [
        ("18.6", true), ("18.7", false), ("17.11", true), ("17.12", false), ("16.15", true), ("16.16", false),
        ("15.19", true), ("15.20", false), ("14.24", true), ("14.25", false), ("13.23", true), ("19.0", false),
    ])
    func closedFromAReleaseOn(_ version: String, _ isOpen: Bool) throws {
        let version = try #require(ServerVersion(parsing: version))
        #expect(version.knownHoles.map(\.name) == (isOpen ? ["CVE-2026-116314"] : []))
        #expect(version.holesInWords.isEmpty != isOpen)
    }
}
