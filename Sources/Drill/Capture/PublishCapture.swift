import Evidence
import Files
import Glibc
import Manifest
import SystemPackage

/// Writes the manifest of a dump, and puts both in their places.
/// - Parameter partial: where the dump is; nil where the backup is in its place already.
/// - Throws: ``CaptureError``, `StatementError`.
func publish(_ draft: CaptureDraft, _ request: CaptureRequest, partial: FilePath?) async throws -> CaptureResult {
    let statement = InTotoStatement(
        subject: [ResourceDescriptor(name: request.output.lastComponent?.string, digest: draft.digest)],
        predicate: draft.manifest)
    let envelope = try await statement.sealed(signer: request.signer)
    guard envelope.count <= ManifestFile.largest else { throw CaptureError.tooLarge(envelope.count) }
    let file = request.manifestPath
    let directory = file.removingLastComponent()
    let hidden = directory.appending(".\(file.lastComponent?.string ?? "")-\(getpid()).partial")
    do {
        // Both are on the disk before one of them has its name.
        try Files.create(hidden, envelope, mode: [.ownerReadWrite, .groupRead, .otherRead])
        do throws(FileError) {
            if let partial { try rename(partial, request.output) }
            try putInPlace(hidden, file, of: directory, takingBack: partial.map { (request.output, $0) })
        } catch {
            Files.remove(hidden)
            throw error
        }
    } catch let error as FileError {
        throw CaptureError.unwritable(file, reason: "\(error)")
    }
    return CaptureResult(
        manifest: draft.manifest, statement: try statement.encoded(), file: file, backupDigest: draft.digest)
}

/// Gives the manifest its name; if that fails, the dump loses its own again.
private func putInPlace(
    _ hidden: FilePath, _ file: FilePath, of directory: FilePath, takingBack dump: (from: FilePath, to: FilePath)?
) throws(FileError) {
    do throws(FileError) {
        try rename(hidden, file)
        try Files.sync(directory: directory)
    } catch {
        Files.remove(file)
        if let dump { try rename(dump.from, dump.to) }
        throw error
    }
}

private func rename(_ old: FilePath, _ new: FilePath) throws(FileError) {
    guard Glibc.rename(old.string, new.string) == 0 else {
        throw FileError(path: new, problem: .system("put in place", Errno(rawValue: errno)))
    }
}
