import Foundation
import Glibc
import SystemPackage

/// The backup that a plan's path and pick come to.
package struct FoundBackup: Sendable, Equatable {
    package let path: FilePath
    /// Why this one, for the report.
    package let reason: String
}

/// Why no backup was found. The command's or the plan's mistake, unless the backups are gone: the message says both.
package enum FindError: Error, Equatable, CustomStringConvertible {
    case nothingThere(path: String)
    case noneNamed(String, among: [String])

    package var description: String {
        switch self {
        case .nothingThere(let path):
            """
            There is no backup at \(path). If the path is right, then the backup job has not written one, or the storage \
            is not mounted.\(path.hasPrefix("~") ? " Nothing expands ~ here: write the whole path." : "")
            """
        case .noneNamed(let name, let names):
            "No backup is named \(name); there are: \(names.joined(separator: ", "))."
        }
    }
}

/// Finds the backups that a path or pattern matches and picks one.
///
/// Newest and oldest go by modification time, which a backup that is damaged inside still has: a newest backup that
/// cannot be read must be drilled, not passed over.
/// - Throws: ``FindError``.
package func findBackup(_ source: BackupSource) throws(FindError) -> FoundBackup {
    let matches = try matches(source.path)
    if case .name(let name) = source.pick {
        guard let match = matches.first(where: { $0.lastComponent?.string == name }) else {
            throw .noneNamed(name, among: matches.compactMap { $0.lastComponent?.string })
        }
        return FoundBackup(path: match, reason: "picked by name")
    }
    guard matches.count > 1 else {
        return FoundBackup(path: matches[0], reason: "the only one at \(source.path)")
    }
    let byAge = byAge(matches)
    let all = "of \(matches.count) at \(source.path)"
    switch source.pick {
    case .oldest: return FoundBackup(path: byAge[0].path, reason: "the oldest \(all), by modification time")
    case .random: return FoundBackup(path: byAge.randomElement()!.path, reason: "one \(all), at random")
    case .newest, .name:
        return FoundBackup(path: byAge[byAge.count - 1].path, reason: "the newest \(all), by modification time")
    }
}

/// Every backup that a path or pattern matches, the newest first, by modification time.
/// - Throws: ``FindError/nothingThere(path:)``.
package func findBackups(_ source: BackupSource) throws(FindError) -> [FoundBackup] {
    let found = byAge(try matches(source.path))
    return found.reversed().enumerated().map { index, backup in
        FoundBackup(
            path: backup.path, reason: "number \(index + 1) of \(found.count) at \(source.path), by modification time")
    }
}

private func matches(_ pattern: String) throws(FindError) -> [FilePath] {
    // Absolute, because children work in other directories.
    let matches = expand(pattern).map { FilePath(URL(filePath: $0.string).standardizedFileURL.path) }
    // A link that leads nowhere is no backup; among others it may be the newest, and is not passed over.
    guard matches.contains(where: { FileManager.default.fileExists(atPath: $0.string) }) else {
        throw .nothingThere(path: pattern)
    }
    return matches
}

/// The oldest first.
private func byAge(_ paths: [FilePath]) -> [(path: FilePath, modified: Date)] {
    paths.map { (path: $0, modified: modificationTime(of: $0)) }
        .sorted { ($0.modified, $0.path.string) < ($1.modified, $1.path.string) }
}

/// The paths that a pattern matches, or the path itself if something is there.
private func expand(_ pattern: String) -> [FilePath] {
    // A name with special characters in it is a name first.
    if FileManager.default.fileExists(atPath: pattern) { return [FilePath(pattern)] }
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, GLOB_MARK, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { FilePath(String(cString: $0)) } }
}

private func modificationTime(of path: FilePath) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
    return attributes?[.modificationDate] as? Date ?? .distantPast
}
