import Foundation
import SystemPackage

/// A directory for one test, removed after it. Everybody may enter it, because servers run as another account.
package func withTemporaryDirectory<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "pgassay-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(FilePath(path))
}
