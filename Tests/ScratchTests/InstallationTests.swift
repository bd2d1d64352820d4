import SystemPackage
import Testing

@testable import Scratch

@Suite struct InstallationTests {
    @Test(arguments: [
        ("15.18 (Debian 15.18-0+deb12u1)", 15, 18), ("postgres (PostgreSQL) 17.5", 17, 5), ("9.6.24", 9, 6),
        ("18beta1", 18, 0),
        ("16devel", 16, 0),
    ])
    func versionsAreRead(text: String, major: Int, minor: Int) {
        #expect(ServerVersion(parsing: text) == ServerVersion(major: major, minor: minor))
    }

    @Test func versionNumbersAreRead() {
        #expect(ServerVersion(number: 150_018) == ServerVersion(major: 15, minor: 18))
        #expect(ServerVersion(number: 90_624) == ServerVersion(major: 9, minor: 6))
        #expect(ServerVersion(parsing: "none") == nil)
    }

    private static func installed(_ versions: [Int]) -> [Installation] {
        versions.map { Installation(version: ServerVersion(major: $0, minor: 3), directory: FilePath("/pg/\($0)")) }
    }

    /// (dumped server, pg_dump, expected pick)
    @Test(arguments: [(15, 15, 15), (14, 14, 15), (15, 17, 17), (16, 16, 17), (18, 18, 18)])
    func nearestThatIsNotOlderIsPicked(server: Int, dump: Int, expected: Int) throws {
        let choice = try InstallationChoice(
            serverVersion: ServerVersion(major: server, minor: 9), dumpVersion: ServerVersion(major: dump, minor: 9),
            among: Self.installed([18, 17, 15]))
        #expect(choice.installation.version.major == expected)
    }

    @Test func olderThanTheDumpIsRefused() {
        #expect(
            throws: ScratchError.tooOld(needed: .init(major: 18, minor: 1), installed: [.init(major: 15, minor: 3)])
        ) {
            try InstallationChoice(
                serverVersion: ServerVersion(major: 15, minor: 1), dumpVersion: ServerVersion(major: 18, minor: 1),
                among: Self.installed([15]))
        }
        #expect(throws: ScratchError.noPostgres(configured: [])) {
            try InstallationChoice(serverVersion: nil, dumpVersion: nil, among: [])
        }
    }

    @Test func debianLayoutIsFoundAndWrappersAreNot() async throws {
        let all = try await Installation.findAll()
        #expect(!all.isEmpty)
        #expect(!all.contains { $0.directory == "/usr/bin" })
        #expect(all.map(\.version) == all.map(\.version).sorted(by: >))
    }
}
