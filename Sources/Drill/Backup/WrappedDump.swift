import Archive
import Compression
import Files
import Findings
import Foundation
import SystemPackage

/// A dump that must be unpacked before PostgreSQL's programs can read it: an archive within compression, or a directory dump
/// that was packed with tar. It is unpacked, and the result is drilled like any other dump.
package struct WrappedDump: FileBackup {
    package let tree: OpenTree
    package let wrapper: Wrapper
    package let clock: BackupClock

    package var trees: [OpenTree] { [tree] }

    package static func recognise(_ tree: OpenTree, clock: BackupClock) throws -> WrappedDump? {
        do {
            return try Wrapper(around: tree).map { WrappedDump(tree: tree, wrapper: $0, clock: clock) }
        } catch let error as NoDumpInTar {
            throw NotABackup(error, in: tree.path)
        }
    }

    package var description: BackupDescription {
        let header = wrapper.header
        return BackupDescription(
            kind: "dump", format: wrapper.words, compression: header.compression.rawValue, bytes: wrapper.bytes,
            created: header.created.date(in: clock.timeZone),
            createdBasis: "archive header, read in \(clock.name)", serverVersion: header.serverVersion,
            dumpVersion: header.dumpVersion, database: header.databaseName)
    }

    package var inspection: String { "read how the dump in it begins" }

    /// All flaws that can be seen are found when it is unpacked.
    package func inspect(progress: @escaping (Int64) throws -> Void) -> [Finding] { [] }

    /// What it holds; nil before it was inspected without a server.
    package private(set) var data: BackupData?

    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        let inspected = try await inspected(setting)
        data = inspected.dump.data
        return inspected.findings
    }

    /// An archive is read through its compression, a directory dump is unpacked.
    private func inspected(_ setting: InspectionSetting) async throws -> InspectedDump {
        let (clock, bytes) = (clock, wrapper.bytes)
        // Decoding it is half of the work.
        var inside = setting
        inside.progress = { done, total in
            setting.progress(bytes + Int64(Double(bytes) * Double(done) / Double(max(total, 1))), 2 * bytes)
        }
        if let dump = try wrapper.dump(setting.following(2 * bytes)) {
            return try await InspectedDump(DumpBackup(dump: dump, clock: clock), inside)
        }
        return try await setting.unpacking(wrapper.estimatedSize) { [self, inside] place in
            let path = try unpack(
                into: place.directory, owner: place.owner, limit: place.limit, progress: setting.following(2 * bytes))
            return try await InspectedDump(
                DumpBackup(dump: try Dump.open(.ofBackup(at: path)), clock: clock), inside)
        }
    }

    /// Writes the dump into an empty directory.
    /// - Parameters:
    ///   - limit: the most bytes that are written.
    ///   - progress: called with the bytes of the file read so far; may throw to stop.
    /// - Returns: the path of the dump.
    /// - Throws: ``NotABackup``, ``Archive/ArchiveError``, ``Archive/UnpackedTooLarge``, `Errno`; what `progress` throws.
    package func unpack(
        into directory: FilePath, owner: FileOwner, limit: Int64, progress: (Int64) throws -> Void
    ) throws -> FilePath {
        do {
            return try wrapper.unpack(into: directory, owner: owner, limit: limit, progress: progress)
        } catch let error as NoDumpInTar {
            throw NotABackup(error, in: tree.path)
        }
    }
}

/// A dump that was read without a server, and what was found.
package struct InspectedDump: Sendable {
    let dump: DumpBackup
    let findings: [Finding]

    init(_ dump: DumpBackup, _ setting: InspectionSetting) async throws {
        var dump = dump
        findings = try await dump.inspectAlone(setting)
        self.dump = dump
    }
}

extension NotABackup {
    /// A tar file with something else in it than one dump.
    package init(_ found: NoDumpInTar, in path: FilePath) {
        let (what, advice) =
            switch found {
            case .files(let names):
                (
                    "a tar file with \(counted(names.count, "dump")) in it (\(firstOf(names)))",
                    "unpack it, and name \(names.count == 1 ? "the dump" : "one")"
                )
            case .directories(let names):
                ("a tar file with several directory dumps in it (\(firstOf(names)))", "unpack it, and name one")
            case .dataDirectory: ("a data directory in a tar file", "unpack it, and name the directory")
            case .nothing(let names):
                ("a tar file in which no dump was found (\(firstOf(names)))", "name the backup itself")
            }
        self.init(name: path.string, what: what, advice: advice)
    }
}
