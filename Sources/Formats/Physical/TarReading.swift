import Archive
import Files

extension TarredBackup {
    /// What its tar files hold, read to their last byte.
    package struct Contents: Sendable {
        /// Nil where there is none.
        package let manifest: BackupManifest?
        /// Nil where it cannot be used; why is then among the flaws.
        package let control: ControlFile?
        package fileprivate(set) var reading: PhysicalReading
    }

    /// Reads every member and the log of it, and of an archive, without unpacking anything: what would be found by unpacking the
    /// files and laying them out.
    /// - Parameters:
    ///   - archive: where the server archived its log.
    ///   - progress: called with the bytes read so far and all there are; may throw to stop.
    /// - Throws: ``Archive/ArchiveError``, ``DataDirectoryError``, ``ManifestError``; ``Files/FileError``; what `progress` throws.
    package func read(
        archive: OpenTree?, progress: @escaping (_ done: Int64, _ total: Int64) throws -> Void
    ) throws -> Contents {
        let beside = try manifest.map { try BackupManifest($0) }
        let pass = TarPass(self, archive: archive, manifest: try beside ?? manifestMember())
        var before: Int64 = 0
        for part in partsInOrder {
            before += try Self.readMembers(of: part) { member, stream in
                try pass.read(member, of: part, from: &stream) { try progress(before + $0, bytes + pass.logBytes) }
            }
        }
        return try pass.finish { try progress(before + $0, bytes + pass.logBytes) }
    }

    /// The manifest that is a member. Other members must be compared with it, and it may be the last: so it is looked for first.
    private func manifestMember() throws -> BackupManifest? {
        for part in parts where part.place == .base {
            var stream = try TarStream(part.file)
            while let header = try stream.next() {
                guard header.kind == .file, header.name.drop(while: { "./".contains($0) }) == BackupManifest.fileName
                else {
                    continue
                }
                return try BackupManifest(bytes: stream.bytes(of: header, atMost: BackupManifest.limit + 1))
            }
        }
        return nil
    }
}

/// One reading of all tar files.
private final class TarPass {
    private let source: TarredBackup
    private let archive: OpenTree?
    private let manifest: BackupManifest?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)

    private var files: [(path: String, size: Int64)] = []
    private var paths: Set<String> = []
    /// Files in which something may be wrong: whether pages have checksums is known only from the last member.
    private var suspects: [FileVerifier] = []
    private var control: Result<ControlFile, ControlFileError>?
    private var walk: LogWalk?
    private var members: [WriteAheadLog.Member] = []

    init(_ source: TarredBackup, archive: OpenTree?, manifest: BackupManifest?) {
        (self.source, self.archive, self.manifest) = (source, archive, manifest)
    }

    deinit { buffer.deallocate() }

    /// Of the archive, as far as they are known by now.
    var logBytes: Int64 { walk?.bytes ?? 0 }

    func read(
        _ member: TarredBackup.Member, of part: TarredBackup.Part, from stream: inout TarStream,
        progress: (Int64) throws -> Void
    ) throws {
        guard case .file(let size) = member.kind else { return }
        guard paths.insert(member.path).inserted else { throw DataDirectoryError.twice(member.path) }
        guard isNeeded(member.path, of: part) else { return }
        files.append((member.path, size))
        var verifier = FileVerifier(
            member.path, size: size, manifest?.files[member.path], checksumsBefore: source.label.start)
        let isLog = try beginLog(member.path)
        var head: [UInt8] = []
        try stream.readMember(through: buffer) { bytes, read in
            if head.isEmpty { head = Array(bytes.prefix(ControlFile.size)) }
            verifier.add(bytes)
            if isLog { walk?.add(bytes) }
            try progress(read)
        }
        if !verifier.finish().isEmpty { suspects.append(verifier) }
        if member.path == ControlFile.fileName { try take(head) }
        if let name = segmentName(member.path) {
            members.append(
                WriteAheadLog.Member(name: name, head: Array(head.prefix(WriteAheadLog.headSize)), size: size))
        }
    }

    /// Whether the file would be laid out for a server.
    private func isNeeded(_ path: String, of part: TarredBackup.Part) -> Bool {
        if DataDirectory.isLeftOut(path) { return false }
        guard case .tablespace = part.place else { return true }
        return path.split(separator: "/").dropFirst(2).first?.hasPrefix("PG_\(source.majorVersion)_") == true
    }

    private func take(_ head: [UInt8]) throws {
        let read = Result { () throws(ControlFileError) in try ControlFile(head, majorVersion: source.majorVersion) }
        control = read
        if case .success(let file) = read { walk = try LogWalk(log(file, members: []), need(file)) }
    }

    // MARK: The log

    private func need(_ control: ControlFile) -> WriteAheadLog.Need {
        WriteAheadLog.Need(of: control, source.label, manifestEnd: manifest?.end)
    }

    private func log(_ control: ControlFile, members: [WriteAheadLog.Member]) -> WriteAheadLog {
        WriteAheadLog(ofBackup: [], members: members, archive: archive, segmentSize: control.segmentSize)
    }

    private func segmentName(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        return parts.count == 2 && parts[0] == "pg_wal" ? String(parts[1]) : nil
    }

    private func beginLog(_ path: String) throws -> Bool {
        guard case .success(let control) = control, let name = segmentName(path),
            let segment = LogSegment(name: name, size: control.segmentSize), let walk
        else { return false }
        // Relations come before the log that was written meanwhile.
        if members.isEmpty { walk.seek(SegmentGaps(in: files).sought) }
        return try walk.takesMember(segment) { _ in }
    }

    // MARK: The end

    func finish(progress: (Int64) throws -> Void) throws -> TarredBackup.Contents {
        var reading = PhysicalReading()
        if let manifest { reading.flaws += manifest.flaws(of: files) { paths.contains($0) } }
        let named = Set(reading.flaws.map(\.path))
        let known = try? control?.get()
        reading.flaws += suspects.flatMap { $0.finish(pagesHaveChecksums: known?.hasChecksums ?? false) }
            .filter { !named.contains($0.path) }
        guard let control else {
            reading.flaws.append(FileFlaw(path: ControlFile.fileName, problem: "it is missing"))
            return TarredBackup.Contents(manifest: manifest, control: nil, reading: reading)
        }
        let file: ControlFile
        do {
            file = try control.get()
        } catch {
            if case .unknownVersion = error { throw error }
            reading.flaws.append(FileFlaw(path: ControlFile.fileName, problem: error.description))
            return TarredBackup.Contents(manifest: manifest, control: nil, reading: reading)
        }
        let origin = CopyOrigin(
            label: source.label, manifest: manifest, hasPostmasterFile: paths.contains("postmaster.pid"), file)
        let whole = log(file, members: members)
        let missing = try origin.flaws + whole.flaws(for: need(file))
        reading.flaws += missing
        if missing.isEmpty, let walk {
            var done: Int64 = 0
            try walk.readFiles { done += Int64($0) }
            try progress(done)
            let extent = try walk.extent(of: whole)
            reading.log = extent
            reading.flaws += extent.flaws + SegmentGaps(in: files).flaws(without: walk.reader.removed)
        }
        return TarredBackup.Contents(manifest: manifest, control: file, reading: reading)
    }
}
