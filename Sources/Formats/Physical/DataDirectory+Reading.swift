import Files

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
    ///   - reads: whether a file is read; the log is in any case.
    ///   - progress: called with the bytes read so far, from several tasks.
    /// - Returns: what is wrong with the files, by path.
    /// - Throws: ``Files/FileError``, `Errno` where something cannot be read; `CancellationError`.
    package func verify(
        checksumsBefore limit: LogPosition?, moment: CopyMoment? = nil, reads: (String) -> Bool = { _ in true },
        workers: Int,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> [FileFlaw] {
        try await FilePass(files.filter { reads($0.path) }, workers: workers).perform(progress: progress) {
            file, buffer, read in
            var verifier = FileVerifier(
                file.path, size: file.size, manifest?.files[file.path], checksumsBefore: limit, moment: moment)
            try file.source.readAll(through: buffer) { bytes in
                verifier.add(bytes)
                try read(bytes.count)
            }
            return verifier.finish()
        }
    }

    /// Reads every file, and the log record after record.
    /// - Parameters:
    ///   - log: the log that is available; nil reads none, as of a link in the middle of a chain.
    ///   - reads: as for ``verify(checksumsBefore:reads:workers:progress:)``.
    ///   - progress: called with the bytes read so far and all there are, from several tasks.
    /// - Throws: as ``verify(checksumsBefore:reads:workers:progress:)``; ``Archive/ArchiveError`` where the log cannot be read.
    package func read(
        _ control: ControlFile, log: (log: WriteAheadLog, need: WriteAheadLog.Need)?,
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
                reads: reads,
                workers: workers
            ) { progress(ofLog + $0, total) } + ofWalk
        return reading
    }
}
