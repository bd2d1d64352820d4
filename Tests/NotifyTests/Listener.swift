import Foundation
import Glibc
import Testing

/// A web server of this machine that keeps what it is told. It answers 500 to a path with `refuse` in it, the first time only to one
/// with `once`, and never to one with `silent`.
final class Listener {
    struct Request: Codable, Equatable {
        let path, type, body: String
    }

    let port: Int
    private let process = Process()
    private let file: URL

    init(in directory: URL) throws {
        file = directory.appending(path: "requests")
        let python = try #require(
            ProcessInfo.processInfo.environment["PGASSAY_PYTHON"], "tools/install-test-tools.sh installs Python's part")
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "listener.py").path, file.path,
        ]
        process.standardOutput = output
        try process.run()
        // The server prints its port once it listens.
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
            if byte.isEmpty { break }
            line += byte
        }
        port = try #require(Int(String(decoding: line, as: UTF8.self)))
    }

    deinit {
        // A child of a thread that blocks signals blocks them too, all but this one.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

    /// In their order, as far as they were told.
    func requests() throws -> [Request] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Request.self, from: Data($0.utf8))
        }
    }
}
