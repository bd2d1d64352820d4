import Files
import Foundation
import Physical
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Base backups of real servers, laid out whole and damaged.
@Suite struct LayOutTests {
    @Test(arguments: ["CRC32C", "SHA256", "SHA384", "SHA512", "NONE"])
    func aWholeBackupHasNoFlaw(_ algorithm: String) async throws {
        try await SourceCluster.with { cluster in
            try await cluster.execute("CREATE TABLE t AS SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g")
            let backup = try await cluster.baseBackup("b", ["--manifest-checksums=\(algorithm)"])
            let directory = try #require(try DataDirectory(OpenTree(at: backup)))
            #expect(directory.manifest != nil && directory.label != nil)
            #expect(directory.flaws.isEmpty)
            let (flaws, read, target) = try await layOut(directory, of: cluster)
            #expect(flaws.isEmpty)
            #expect(read == directory.bytes)
            for file in directory.files {
                let copy = FileManager.default.contents(atPath: target.appending(file.path).string)
                #expect(copy == FileManager.default.contents(atPath: file.source.path.string), "\(file.path)")
            }
        }
    }

    /// The server that wrote the pages is the oracle: a checksum that it wrote must be the one that is computed.
    @Test func checksumsAreThoseOfTheServer() async throws {
        try await SourceCluster.with { cluster in
            try await cluster.execute(
                "CREATE TABLE t AS SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g", "CREATE INDEX ON t (g)",
                "CHECKPOINT")
            let path = try await cluster.value("SELECT pg_relation_filepath('t')")
            try await cluster.stop()
            let bytes = [UInt8](try #require(FileManager.default.contents(atPath: cluster.data.appending(path).string)))
            try #require(bytes.count > 100 * PageChecksum.pageSize)
            bytes.withUnsafeBytes { bytes in
                for block in 0..<(bytes.count / PageChecksum.pageSize) {
                    let page = UnsafeRawBufferPointer(
                        rebasing: bytes[(block * PageChecksum.pageSize)..<((block + 1) * PageChecksum.pageSize)])
                    #expect(PageChecksum.mismatch(page, block: UInt32(block), changedBefore: nil) == nil)
                    // Of another block, it is wrong: a page that was written to the wrong place is found.
                    #expect(PageChecksum.mismatch(page, block: UInt32(block + 1), changedBefore: nil) != nil)
                }
            }
            try await cluster.start()
        }
    }

    /// Any bit of a used page, by its checksum alone: the manifest is taken away.
    @Test func aFlippedBitNamesFileAndBlock() async throws {
        try await SourceCluster.with { cluster in
            try await cluster.execute(
                "CREATE TABLE t AS SELECT g, repeat('x', 500) FROM generate_series(1, 2000) g", "CHECKPOINT")
            let path = try await cluster.value("SELECT pg_relation_filepath('t')")
            let backup = try await cluster.baseBackup("b", ["--no-manifest"])
            let file = backup.appending(path).string
            let whole = [UInt8](try #require(FileManager.default.contents(atPath: file)))
            var random = SeededGenerator(5)
            for _ in 0..<20 {
                let offset = Int.random(in: 0..<whole.count, using: &random)
                var bytes = whole
                bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                // A flipped bit of the position in the log can look like a page of later, which replay writes anew.
                if offset % PageChecksum.pageSize < 8 { continue }
                try Data(bytes).write(to: URL(filePath: file))
                let directory = try #require(try DataDirectory(OpenTree(at: backup)))
                let (flaws, _, _) = try await layOut(directory, of: cluster)
                #expect(flaws.map(\.path) == [path])
                #expect(flaws.first?.problem.contains("block \(offset / PageChecksum.pageSize)") == true)
                #expect(flaws.first?.relation?.fork == "main")
            }
        }
    }

    @Test func whatTheManifestTellsWithoutReading() async throws {
        try await SourceCluster.with { cluster in
            let backup = try await cluster.baseBackup("b")
            let files = FileManager.default
            try files.removeItem(atPath: backup.appending("global/1262").string)
            try Data("x".utf8).write(to: URL(filePath: backup.appending("base/extra").string))
            let handle = try FileHandle(forWritingTo: URL(filePath: backup.appending("pg_xact/0000").string))
            try handle.truncate(atOffset: 100)
            try handle.close()
            let directory = try #require(try DataDirectory(OpenTree(at: backup)))
            #expect(
                directory.flaws == [
                    FileFlaw(path: "base/extra", problem: "it is there, and not in the manifest"),
                    FileFlaw(path: "pg_xact/0000", problem: "100 bytes, and the manifest says 8192"),
                    FileFlaw(path: "global/1262", problem: "it is missing"),
                ])
        }
    }

    @Test func aManifestThatWasChangedIsRefused() async throws {
        try await SourceCluster.with { cluster in
            let backup = try await cluster.baseBackup("b")
            let path = backup.appending(BackupManifest.fileName).string
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("\"Size\": 3,", with: "\"Size\": 4,", maxReplacements: 1)
                .write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: ManifestError.self) { _ = try DataDirectory(OpenTree(at: backup)) }
            try String(text.prefix(text.count / 2)).write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: ManifestError.malformed("it is no JSON of its form, perhaps cut off")) {
                _ = try DataDirectory(OpenTree(at: backup))
            }
        }
    }

    /// The tablespace of the copy lies below the copy: never where the server that was backed up has its own.
    @Test func tablespacesAreNeverWhereTheyLay() async throws {
        try await SourceCluster.with { cluster in
            let (live, copied) = (cluster.directory.appending("live"), cluster.directory.appending("copied"))
            for path in [live, copied] { try cluster.makeDirectory(path) }
            try await cluster.execute(
                "CREATE TABLESPACE s LOCATION '\(live)'",
                "CREATE TABLE t TABLESPACE s AS SELECT g FROM generate_series(1, 5000) g")
            let backup = try await cluster.baseBackup("b", ["-T", "\(live)=\(copied)"])
            #expect(throws: DataDirectoryError.self) { _ = try DataDirectory(OpenTree(at: backup)) }
            let directory = try #require(try DataDirectory(OpenTree(at: backup, following: [copied])))
            let (flaws, _, target) = try await layOut(directory, of: cluster)
            #expect(flaws.isEmpty && directory.flaws.isEmpty)
            let oid = try #require(directory.tablespaces.keys.first)
            let link = try FileManager.default.destinationOfSymbolicLink(
                atPath: target.appending("pg_tblspc/\(oid)").string)
            #expect(link == target.removingLastComponent().appending("tablespaces/\(oid)").string)
            #expect(!FileManager.default.fileExists(atPath: target.appending("tablespace_map").string))
            try FileManager.default.removeItem(atPath: copied.string)
            #expect(throws: DataDirectoryError.tablespaceMissing("pg_tblspc/\(oid)", target: copied.string)) {
                _ = try DataDirectory(OpenTree(at: backup, following: [copied]))
            }
        }
    }

    /// A hostile backup leads to what only we may read: nothing of it is taken.
    @Test func linksThatLeadElsewhereBringNothing() async throws {
        try await SourceCluster.with { cluster in
            let backup = try await cluster.baseBackup("b", ["--no-manifest"])
            let files = FileManager.default
            let secrets = cluster.directory.appending("secrets")
            try files.createDirectory(atPath: secrets.string, withIntermediateDirectories: false)
            try Data("secret".utf8).write(to: URL(filePath: secrets.appending("key").string))
            let link = backup.appending("pg_tblspc/5").string
            try files.createSymbolicLink(atPath: link, withDestinationPath: secrets.string)
            #expect(throws: DataDirectoryError.notFollowed("pg_tblspc/5", target: secrets)) {
                _ = try DataDirectory(OpenTree(at: backup))
            }
            #expect(throws: DataDirectoryError.tablespaceMissing("pg_tblspc/5", target: secrets.string)) {
                _ = try DataDirectory(OpenTree(at: backup, following: [secrets]))
            }
            try files.removeItem(atPath: link)
            let log = backup.appending("pg_wal").string
            try files.moveItem(atPath: log, toPath: log + ".away")
            try files.createSymbolicLink(atPath: log, withDestinationPath: secrets.string)
            try files.moveItem(atPath: log + ".away", toPath: cluster.directory.appending("away").string)
            #expect(throws: DataDirectoryError.notFollowed("pg_wal", target: secrets)) {
                _ = try DataDirectory(OpenTree(at: backup))
            }
            let directory = try #require(try DataDirectory(OpenTree(at: backup, following: [secrets])))
            #expect(!directory.files.contains { $0.path.contains("key") })
            for name in ["global/extra", "base/1/1259_link"] {
                try files.createSymbolicLink(
                    atPath: backup.appending(name).string, withDestinationPath: secrets.appending("key").string)
                #expect(throws: DataDirectoryError.link(name)) {
                    _ = try DataDirectory(OpenTree(at: backup, following: [secrets]))
                }
                try files.removeItem(atPath: backup.appending(name).string)
            }
        }
    }

    /// A directory in the backup that is exchanged for a link while it is laid out: nothing is copied from where that leads.
    @Test func aDirectoryThatIsExchangedForALink() async throws {
        try await SourceCluster.with { cluster in
            let backup = try await cluster.baseBackup("b", ["--no-manifest"])
            let directory = try #require(try DataDirectory(OpenTree(at: backup)))
            let secrets = cluster.directory.appending("secrets")
            let place = backup.appending("base/1")
            try FileManager.default.copyItem(atPath: place.string, toPath: secrets.string)
            try #require(rename(place.string, "\(backup).1") == 0 && symlink(secrets.string, place.string) == 0)
            let error = await #expect(throws: FileError.self) { _ = try await layOut(directory, of: cluster) }
            #expect(error?.problem == .changed)
        }
    }

    @Test func noDataDirectory() async throws {
        try await withTemporaryDirectory { path in
            let directory = try DataDirectory(OpenTree(at: path))
            #expect(directory == nil)
        }
    }

    private func layOut(
        _ directory: DataDirectory, of cluster: SourceCluster
    ) async throws -> (flaws: [FileFlaw], read: Int64, target: FilePath) {
        let place = cluster.directory.appending("l" + String(UInt32.random(in: 0 ... .max), radix: 16))
        for path in [place, place.appending("data")] {
            guard mkdir(path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
        }
        let account = cluster.fence.account
        let flaws = try await LayOut(
            directory, to: place.appending("data"), tablespaces: place.appending("tablespaces"),
            owner: FileOwner(user: account.userID, group: account.groupID), checksumsBefore: directory.label?.start,
            transfer: .copy, workers: 2
        ).perform { _ in }.flaws
        let read = try FileManager.default.subpathsOfDirectory(atPath: place.appending("data").string).reduce(Int64(0))
        {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: place.appending("data").appending($1).string)
            return $0 + (attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int64 ?? 0 : 0)
        }
        return (flaws, read, place.appending("data"))
    }
}
