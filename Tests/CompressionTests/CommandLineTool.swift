import Foundation
import Testing

/// Runs a shell command over bytes, the reference for what a compressed stream is.
func shell(_ command: String, _ input: [UInt8]) throws -> [UInt8] {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("pgassay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let source = directory.appendingPathComponent("in")
    let destination = directory.appendingPathComponent("out")
    try Data(input).write(to: source)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "cat '\(source.path)' | \(command) > '\(destination.path)'"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command) failed; is the tool installed?")
    return [UInt8](try Data(contentsOf: destination))
}

/// Text that compresses, but not to nothing.
func sampleText(_ count: Int) -> [UInt8] {
    var state: UInt64 = 42
    var text: [UInt8] = []
    while text.count < count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += "\(state >> 50)\tfield \(state >> 60)\t2024-01-01\n".utf8
    }
    return Array(text.prefix(count))
}
