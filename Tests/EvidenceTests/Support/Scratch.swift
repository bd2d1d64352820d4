import Foundation
import SystemPackage

/// Runs a test's body in a new directory that is gone afterwards.
func withScratchDirectory<Value>(_ body: (FilePath) async throws -> Value) async throws -> Value {
    let path = try makeScratchDirectory()
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try await body(path)
}

/// Makes a new directory, which the caller removes.
func makeScratchDirectory() throws -> FilePath {
    let path = FileManager.default.temporaryDirectory.appending(path: "evidence-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return FilePath(path)
}

extension FilePath {
    /// The names in a directory, sorted.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: string).sorted()
    }

    func write(_ bytes: some Sequence<UInt8>, mode: Int = 0o644) throws {
        try Data(bytes).write(to: URL(filePath: string))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: string)
    }

    func write(_ text: String, mode: Int = 0o644) throws {
        try write(text.utf8, mode: mode)
    }

    func contents() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: string)))
    }

    func permissions() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: string)[.posixPermissions] as? Int
    }
}

/// The directory that holds Package.swift.
let packageRoot = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    .removingLastComponent()
