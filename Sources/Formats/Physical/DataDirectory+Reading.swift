import Digests
import Files
import SystemPackage

/// What reading a base backup to its last byte, and the log that a recovery would replay, shows without a server.
package struct PhysicalReading: Sendable {
    /// What is wrong with its files and its log.
    package var flaws: [FileFlaw] = []
    /// Nil where the log was not followed.
    package var log: LogExtent?
}

extension DataDirectory {
    /// Reads every file, and compares it with the manifest; page by page where there are checksums. Nothing is copied.
    /// - Parameters:
    ///   - limit: as ``LayOut/checksumsBefore``; nil checks the checksum of no page.
    ///   - moment: as ``LayOut/moment``.
    ///   - digests: gets the SHA-256 of those files that are in its tree.
    ///   - reads: whether a file is read; the log is in any case.
    ///   - progress: called with the bytes read so far, from several tasks.
    /// - Returns: what is wrong with the files, by path.
    /// - Throws: ``Files/FileError``, `Errno` where something cannot be read; `CancellationError`.
    package func verify(
        checksumsBefore limit: LogPosition?, moment: CopyMoment? = nil, digests: FileDigests?,
        reads: (String) -> Bool = { _ in true }, workers: Int, progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> [FileFlaw] {
        try await pass(
            over: files.filter { reads($0.path) }, checksumsBefore: limit, moment: moment, digests: digests,
            workers: workers, progress: progress)
    }

    /// Reads files once, and does with the bytes all that is to be done with them.
    /// - Parameter copy: makes the file that gets the bytes; nil writes none.
    func pass(
        over files: [File], checksumsBefore limit: LogPosition?, moment: CopyMoment?, digests: FileDigests?,
        workers: Int, progress: @escaping @Sendable (Int64) -> Void,
        copy: @escaping @Sendable (File, FileDescriptor) throws -> FileCopy? = { _, _ in nil }
    ) async throws -> [FileFlaw] {
        let pass = FilePass(files.map(\.source), workers: workers)
        let flaws = try await pass.perform(progress: progress) { index, input in
            try visit(
                files[index], checksumsBefore: limit, moment: moment,
                digests: digests?.wants(files[index].source) == true ? digests : nil,
                copy: copy(files[index], input))
        }
        return flaws.flatMap(\.self).sorted { $0.path < $1.path }
    }

    private func visit(
        _ file: File, checksumsBefore limit: LogPosition?, moment: CopyMoment?, digests: FileDigests?, copy: FileCopy?
    ) -> FileVisit<[FileFlaw]> {
        let expected = manifest?.files[file.path]
        // One computation for both.
        let isHashed = digests != nil || expected?.algorithm == .sha256
        var verifier = FileVerifier(
            file.path, size: file.size, expected, checksumsBefore: limit, moment: moment, takesSHA256: isHashed)
        func take(_ digest: [UInt8]) {
            digests?.add(digest, of: file.source)
            verifier.take(sha256: digest)
        }
        var visit = FileVisit(
            add: { bytes in
                verifier.add(bytes)
                try copy?.write(bytes)
            }, sha256: isHashed ? take : nil,
            finish: {
                try copy?.close()
                return verifier.finish()
            })
        if verifier.isIncremental { visit.pieceSize = FilePass.largestPiece }
        return visit
    }

    /// Reads every file, and the log record after record.
    /// - Parameters:
    ///   - log: the log that is available; nil reads none, as of a link in the middle of a chain.
    ///   - digests: as for ``verify(checksumsBefore:moment:digests:reads:workers:progress:)``.
    ///   - reads: as for the same.
    ///   - progress: called with the bytes read so far and all there are, from several tasks.
    /// - Throws: as ``verify(checksumsBefore:moment:digests:reads:workers:progress:)``; ``Archive/ArchiveError`` where the log cannot be
    ///   read.
    package func read(
        _ control: ControlFile, log: (log: WriteAheadLog, need: WriteAheadLog.Need)?, digests: FileDigests?,
        reads: (String) -> Bool = { _ in true }, workers: Int,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void
    ) async throws -> PhysicalReading {
        var reading = PhysicalReading()
        let walk = try log.map { try LogWalk($0.log, $0.need) }
        let ofLog = walk?.bytes ?? 0
        let total = files.reduce(0) { $0 + (reads($1.path) ? $1.size : 0) } + ofLog
        var ofWalk: [FileFlaw] = []
        // The log is read first: where it ends is what pages are held against.
        if let walk, let log = log?.log {
            let gaps = label?.incrementalFrom == nil ? SegmentGaps(in: files.map { ($0.path, $0.size) }) : nil
            walk.seek(gaps?.sought ?? [])
            var done: Int64 = 0
            try walk.readFiles { count in
                done += Int64(count)
                progress(done, total)
            }
            let extent = try walk.extent(of: log)
            reading.log = extent
            ofWalk = extent.flaws + (gaps?.flaws(without: walk.reader.removed) ?? [])
        }
        let moment = try log.flatMap { log in
            try reading.log.flatMap { extent in
                label == nil && ofWalk.isEmpty
                    ? try log.log.moment(for: log.need, logEnd: extent.end, majorVersion: majorVersion) : nil
            }
        }
        reading.flaws =
            try await verify(
                checksumsBefore: control.hasChecksums ? label?.start ?? control.redo : nil, moment: moment,
                digests: digests, reads: reads, workers: workers
            ) { progress(ofLog + $0, total) } + ofWalk
        return reading
    }
}
