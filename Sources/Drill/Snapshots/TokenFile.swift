import AWS
import Foundation
import Glibc
import Postgres
import SystemPackage

/// Runs `body` with a password file whose password is a token from AWS. A token can be used to log in for 15 minutes
/// (AWS documentation, "IAM database authentication"), so it is renewed before that.
func withTokenFile<Result: Sendable>(
    for endpoint: SnapshotAddress, user: String, _ service: RDS, region: String,
    _ body: @escaping @Sendable (FilePath) async throws -> Result
) async throws -> Result {
    let directory = FilePath(FileManager.default.temporaryDirectory.path).appending("pgassay-token-XXXXXX")
    var template = Array(directory.string.utf8CString)
    // The directory is private from the start.
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    let place = FilePath(platformString: template)
    defer { try? FileManager.default.removeItem(atPath: place.string) }
    let file = place.appending("pgpass")
    let renew: @Sendable () async throws -> Void = {
        let token: String
        do {
            token = try await retryingWhileBusy(until: .now + .seconds(300)) {
                try await service.token(host: endpoint.host, port: endpoint.port, user: user, region: region)
            }
        } catch {
            throw snapshotError(error, doing: "make a token for \(user)", patience: service.tool.patience)
        }
        let quoted = token.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
        try write("*:*:*:*:\(quoted)\n", to: file)
    }
    try await renew()
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body(file) }
        group.addTask {
            while true {
                try await Task.sleep(for: .seconds(600))
                try await renew()
            }
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw CancellationError() }
        return result
    }
}

/// Replaces the file as a whole, because libpq may read it at any moment.
private func write(_ text: String, to file: FilePath) throws {
    let new = FilePath(file.string + ".new")
    let descriptor = try FileDescriptor.open(
        new, .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
    guard rename(new.string, file.string) == 0 else { throw Errno(rawValue: errno) }
}
