import FoundationEssentials

/// Which files of an export were read and found good, and when. With it, a part of the export can be verified each
/// month, and all of it over a year. It is kept where the verification runs, not in the export. It is no evidence: it
/// only decides which files are read next.
package struct VerificationRecord: Codable, Sendable, Equatable {
    /// Entries by the names of files.
    private var files: [String: Entry] = [:]

    private struct Entry: Codable, Equatable {
        /// SHA-256 of the file that was read. If the file has another one now, it counts as never read.
        var sha256: String
        /// Seconds since 1970.
        var verified: Double
    }

    package init() {}

    /// The files that are read next: first those never read, then those read longest ago, until they have the share of
    /// all bytes.
    /// - Parameter share: a fraction of 1.
    func next(of files: [ExportFile], share: Double) -> [ExportFile] {
        let wanted = Double(files.reduce(0) { $0 + $1.part.bytes }) * share
        var chosen: [ExportFile] = []
        var bytes: Int64 = 0
        let ordered = files.map { (file: $0, verified: verified($0.part) ?? 0) }
            .sorted { ($0.verified, $0.file.part.file) < ($1.verified, $1.file.part.file) }
        for (file, _) in ordered where Double(bytes) < wanted {
            chosen.append(file)
            bytes += file.part.bytes
        }
        return chosen
    }

    mutating func add(_ part: ExportManifest.Part, at time: Date) {
        files[part.file] = Entry(sha256: part.sha256, verified: time.timeIntervalSince1970)
    }

    /// How much of an export was found good since a time.
    package func coverage(of manifest: ExportManifest, since time: Date) -> Coverage {
        let parts = manifest.fileList.map(\.part)
        let good = parts.filter { (verified($0) ?? 0) >= time.timeIntervalSince1970 && verified($0) != nil }
        return Coverage(
            files: good.count, ofFiles: parts.count, bytes: good.reduce(0) { $0 + $1.bytes },
            ofBytes: parts.reduce(0) { $0 + $1.bytes })
    }

    /// Seconds since 1970; nil if the file, as it is now, was never read.
    private func verified(_ part: ExportManifest.Part) -> Double? {
        files[part.file].flatMap { $0.sha256 == part.sha256 ? $0.verified : nil }
    }

    /// How much of an export.
    package struct Coverage: Codable, Sendable, Equatable {
        package let files: Int
        package let ofFiles: Int
        package let bytes: Int64
        package let ofBytes: Int64
    }
}
