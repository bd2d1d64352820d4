import Files
import Foundation
import Processes
import SystemPackage

/// `openssl ts`: requests and responses of time stamp authorities (RFC 3161).
struct TimestampTool: Sendable {
    private let tool: Tool
    private let deadline: Duration

    /// How the name of a response ends.
    static let nameEnd = ".tsr"

    /// - Throws: ``AnchorError``.
    init(deadline: Duration = .seconds(300)) throws(AnchorError) {
        do {
            tool = try Tool("openssl") { _ in false }
        } catch {
            throw .noProgram("openssl")
        }
        self.deadline = deadline
    }

    /// A request that asks for the authority's certificate too.
    /// - Parameter digest: SHA-256, in hex.
    func request(for digest: String) async throws -> [UInt8] {
        try await tool.exchange(
            [], ["ts", "-query", "-digest", digest, "-sha256", "-cert"], deadline: deadline,
            limit: Anchor.largestReceipt)
    }

    /// Verifies that a response is of an authority that is trusted, and is about a digest.
    /// - Throws: ``AnchorError``, ``Processes/ToolFailure``; errors of the temporary file.
    func verify(_ response: [UInt8], digest: String, authority: FilePath) async throws {
        let file = FilePath(FileManager.default.temporaryDirectory.path).appending("pgassay-\(UUID().uuidString).tsr")
        try Files.create(file, response, mode: .ownerReadWrite)
        defer { Files.remove(file) }
        let arguments = ["ts", "-verify", "-digest", digest, "-in", file.string, "-CAfile", authority.string]
        do {
            _ = try await tool.exchange([], arguments, deadline: deadline, limit: nil)
        } catch ToolFailure.failed(_, let reason) {
            throw AnchorError.notVerified(reason: reason)
        }
    }
}
