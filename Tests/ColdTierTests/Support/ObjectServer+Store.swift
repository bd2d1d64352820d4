import AWS
import ColdTier
import Storage
import SystemPackage
import TestSupport

extension ObjectServer {
    /// Runs `broken_s3.py`.
    static func broken(_ how: String, _ body: (ObjectServer) async throws -> Void) async throws {
        let script = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("broken_s3.py")
        try await with(tools.appending("python"), [script.string, how], [:], body)
    }

    func store(
        _ bucket: String, prefix: String = "exports/avaolo", objectLock: ObjectLock? = nil,
        changing: [String: String] = [:], patience: Duration = .seconds(600)
    ) throws -> S3Store {
        S3Store(
            bucket: bucket, prefix: prefix,
            tool: try AWSTool(environment: environment.merging(changing) { $1 }, patience: patience),
            objectLock: objectLock)
    }
}
