import Files
import Foundation
import Processes
import SystemPackage

/// Requests by `curl`. The URL may be a secret, so it is in a file that only this account can read, and not in an argument.
struct Curl {
    let deadline: Duration

    /// - Throws: ``NotifyError``, ``Processes/ToolFailure``; errors of the temporary file.
    func post(_ body: [UInt8], type: String, to url: String) async throws {
        try Self.require(url)
        let tool = try Self.tool()
        let file = FilePath(FileManager.default.temporaryDirectory.path).appending("pgassay-\(UUID().uuidString).curl")
        // The format of curl's --config; `--disable` keeps it from reading that of the account.
        let settings = """
            url = "\(url)"
            silent
            show-error
            fail
            proto = "=https,http"
            max-time = \(Int((deadline / .seconds(1)).rounded(.up)))
            header = "Content-Type: \(type)"
            data-binary = "@-"
            output = "/dev/null"

            """
        try Files.create(file, Array(settings.utf8), mode: .ownerReadWrite)
        defer { Files.remove(file) }
        _ = try await tool.exchange(
            body, ["--disable", "--config", file.string], deadline: deadline + .seconds(60), limit: nil, secret: url)
    }

    /// That a text can be asked for as a URL.
    static func require(_ url: String) throws(NotifyError) {
        guard SecretText.isURL(url) else { throw .noURL }
    }

    static func tool() throws(NotifyError) -> Tool {
        do {
            return try Tool("curl") { _ in false }
        } catch {
            throw .noProgram("curl")
        }
    }
}
