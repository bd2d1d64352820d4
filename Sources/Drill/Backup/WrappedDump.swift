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

    /// Only what is unpacked can be read to its end.
    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        [
            Finding(
                id: .archive, subject: tree.path.lastComponent?.string ?? tree.path.string, status: .inconclusive,
                basis: .archive, expected: "a dump that is read to its last byte",
                observed: "a dump in a wrapper: \(wrapper.words)",
                reason: "it is read only as a drill unpacks it: unpack it and inspect what is in it, or drill it",
                cause: .environment)
        ]
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
