import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport

extension ScenarioRunner {
    /// Does what a step prepares.
    func prepare(_ action: Action) async throws {
        let manager = FileManager.default
        switch action {
        case .write(let name, let text): try write(Array(try await fill(text).utf8), to: try await path(name))
        case .writeBytes(let name, let bytes): try write(bytes, to: try await path(name))
        case .writePlainDump(let name, let statements):
            let script = try desk.script(try await fill(statements))
            try manager.moveItem(atPath: script.string, toPath: try await path(name).string)
        case .writeProgram(let name, let text):
            let file = try await path(name)
            try write(Array(try await fill(text).utf8), to: file)
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.string)
        case .makeDirectory(let name):
            try manager.createDirectory(atPath: try await path(name).string, withIntermediateDirectories: false)
        case .makePipe(let name):
            guard mkfifo(try await path(name).string, 0o666) == 0 else { throw Errno(rawValue: errno) }
        case .link(let name, let target):
            try manager.createSymbolicLink(
                atPath: try await path(name).string, withDestinationPath: try await fill(target))
        case .becomePipe(let name):
            let file = try await one(name).string
            try manager.removeItem(atPath: file)
            guard mkfifo(file, 0o666) == 0 else { throw Errno(rawValue: errno) }
        case .becomeLink(let name, let other):
            let file = try await one(name).string
            let target = try await path(other).string
            try manager.moveItem(atPath: file, toPath: target)
            try manager.createSymbolicLink(atPath: file, withDestinationPath: target)
        case .copyDump(let dump, let name):
            try manager.copyItem(atPath: try await Dumps.named(dump).string, toPath: try await path(name).string)
        case .remove(let name): try manager.removeItem(atPath: try await one(name).string)
        case .setPermissions(let name, let mode):
            try manager.setAttributes([.posixPermissions: mode], ofItemAtPath: try await one(name).string)
        case .setDate(let name, let date):
            let time =
                switch date {
                case .days(let count): Date(timeIntervalSinceNow: count * 86_400)
                case .day(let seconds): Date(timeIntervalSince1970: seconds)
                }
            try manager.setAttributes([.modificationDate: time], ofItemAtPath: try await one(name).string)
        case .makeDatabase(let name, let statements): try await makeDatabase(name, statements)
        case .makeCopy(let name, let kind, let statements): try await makeCopy(name, kind, statements)
        default: try await damage(action)
        }
    }

    /// Changes bytes of a file.
    private func damage(_ action: Action) async throws {
        switch action {
        case .cut(let name, let cut): try cut.make(in: try await one(name))
        case .replace(let words, let others, let name):
            try await change(name, at: words) { bytes, _ in
                bytes = Data(String(decoding: bytes, as: UTF8.self).replacing(words, with: others).utf8)
            }
        case .insert(let text, let words, let name):
            let inserted = Data(try await fill(text).utf8)
            try await change(name, at: words) { bytes, range in
                bytes.insert(contentsOf: inserted, at: range.lowerBound)
            }
        case .setByte(let index, let name, let value):
            let file = try await one(name)
            var bytes = try Data(contentsOf: URL(filePath: file.string))
            guard bytes.indices.contains(index), bytes[index] != value else {
                throw ScenarioRunError(problem: "byte \(index) of \(name) is not there, or is \(value) already")
            }
            bytes[index] = value
            try bytes.write(to: URL(filePath: file.string))
        case .zero(let name, let from, let to):
            let file = try await one(name)
            var bytes = try Data(contentsOf: URL(filePath: file.string))
            let end = to ?? bytes.count
            guard from < end, end <= bytes.count else {
                throw ScenarioRunError(problem: "\(name) has \(bytes.count) bytes")
            }
            bytes.replaceSubrange(from..<end, with: Data(count: end - from))
            try bytes.write(to: URL(filePath: file.string))
        case .flipBit(let name):
            let file = try await one(name)
            var bytes = try Data(contentsOf: URL(filePath: file.string))
            guard !bytes.isEmpty else { throw ScenarioRunError(problem: "\(name) is empty") }
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: file.string))
        default: throw ScenarioRunError(problem: "\(action) is not prepared")
        }
    }

    /// - Throws: when the words are not in the file: nothing would be changed.
    private func change(
        _ name: String, at words: String, _ body: (inout Data, Range<Data.Index>) -> Void
    ) async throws {
        let file = try await one(name)
        var bytes = try Data(contentsOf: URL(filePath: file.string))
        guard let range = bytes.range(of: Data(words.utf8)) else {
            throw ScenarioRunError(problem: "\(name) does not hold: \(words)")
        }
        body(&bytes, range)
        try bytes.write(to: URL(filePath: file.string))
    }

    private func write(_ bytes: [UInt8], to file: FilePath) throws {
        guard !FileManager.default.fileExists(atPath: file.string) else {
            throw ScenarioRunError(problem: "\(file) is there already")
        }
        try Data(bytes).write(to: URL(filePath: file.string))
    }

    /// A file that is there. In its last part a pattern as in a shell may stand, for the largest file that it fits.
    private func one(_ name: String) async throws -> FilePath {
        let file = try await path(name)
        guard let pattern = file.lastComponent?.string, pattern.contains("*") else { return file }
        let directory = file.removingLastComponent()
        let sizes = try desk.names(in: directory).filter { fnmatch(pattern, $0, 0) == 0 }.map { name in
            let file = directory.appending(name)
            return (file, try Data(contentsOf: URL(filePath: file.string)).count)
        }
        guard let largest = sizes.max(by: { $0.1 < $1.1 }) else {
            throw ScenarioRunError(problem: "there is no file \(name)")
        }
        return largest.0
    }
}
