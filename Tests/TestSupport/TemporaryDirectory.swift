import Foundation
import SystemPackage

/// A directory for one test, removed after it. Everybody may enter it, because servers run as another account.
package func withTemporaryDirectory<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let path = TestDirectory.root.appending("pgassay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}
