import Files
import Foundation
import Processes
import SystemPackage

/// Requests by `curl`. The URL may be a secret, so it is in a file that only this account can read, and not in an argument.
struct Curl {
    let deadline: Duration

    /// - Throws: ``NotifyError``; errors of the temporary file.
    func post(_ body: [UInt8], type: String, to url: String) async throws {
        guard url.wholeMatch(of: /https?:\/\/[\x21-\x7e]+/) != nil, !url.contains("\""), !url.contains("\\") else {
            throw NotifyError.noURL
        }
        let tool: Tool
        do {
            tool = try Tool("curl") { _ in false }
        } catch {
            throw NotifyError.noProgram("curl")
        }
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
        try await tool.take(
            body, ["--disable", "--config", file.string], deadline: deadline + .seconds(60), secret: url)
    }
}
