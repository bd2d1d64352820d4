import Crypto
import Evidence
import Files
import Findings
import FoundationEssentials
import SystemPackage

/// The reports in a directory: each was read, and verified with one key. Files that cannot be used are named, with the
/// reason.
package struct ReportCatalogue: Sendable {
    /// A report that can be used.
    package struct Entry: Sendable {
        package let statement: Statement
        package let file: FilePath
        /// The SHA-256 of the file's bytes (the envelope), in lowercase hex.
        package let digest: String

        package var report: Report { statement.report }
    }

    /// A file whose name ends as a report's does, and that cannot be used.
    package struct Refusal: Sendable {
        package enum Reason: Sendable, Equatable {
            /// It is not what the holder of the key signed; or it is not a whole report.
            case notAccepted(VerificationError)
            /// It has a signature, and there is no key to verify it with.
            case noKey
        }

        package let file: FilePath
        package let reason: Reason
    }

    /// How the name of every report ends.
    package static let fileNameEnd = ".dsse.json"

    /// In the order in which the drills started.
    package let entries: [Entry]
    /// In the order of their names.
    package let refusals: [Refusal]

    /// Reads all reports of a directory. A directory that does not exist has none.
    /// - Parameter publicKey: of the signer. Nil takes reports that have no signature, and no others.
    /// - Throws: ``FileError`` when the directory cannot be listed.
    package init(of directory: FilePath, publicKey: PublicKey?) throws(FileError) {
        var (entries, refusals): ([Entry], [Refusal]) = ([], [])
        for name in try Self.names(in: directory) where name.hasSuffix(Self.fileNameEnd) {
            let file = directory.appending(name)
            do throws(Refusal.Reason) {
                entries.append(try Entry(file, publicKey))
            } catch {
                refusals.append(Refusal(file: file, reason: error))
            }
        }
        self.entries = entries.sorted {
            ($0.report.started, $0.file.string) < ($1.report.started, $1.file.string)
        }
        self.refusals = refusals
    }

    private static func names(in directory: FilePath) throws(FileError) -> [String] {
        do throws(Errno) {
            return try OpenDirectory(directory).entries().map { name in
                // The last byte is the 0 that ends the name.
                String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }.sorted()
        } catch .noSuchFileOrDirectory {
            return []
        } catch {
            throw FileError(path: directory, problem: .system("list", error))
        }
    }
}

extension ReportCatalogue.Refusal.Reason: Error {}

extension ReportCatalogue.Refusal: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .notAccepted(let error): error.description
        case .noKey: "\(file) is signed, and no key was given to verify it with."
        }
    }
}

extension ReportCatalogue.Entry {
    fileprivate init(_ file: FilePath, _ publicKey: PublicKey?) throws(ReportCatalogue.Refusal.Reason) {
        let bytes = try Self.bytes(of: file)
        statement =
            if let publicKey {
                try Self.verified(bytes, file, publicKey)
            } else {
                try Self.unsigned(bytes, file)
            }
        self.file = file
        digest = Hex.encode(SHA256.hash(data: bytes))
    }

    private static func bytes(of file: FilePath) throws(ReportCatalogue.Refusal.Reason) -> [UInt8] {
        do {
            return try Files.read(file, limit: Envelope.maximumSize)
        } catch {
            let problem = error as? FileError ?? FileError(path: file, problem: .system("read", .ioError))
            throw .notAccepted(VerificationError(file: file, problem: .unreadable(problem), words: .report))
        }
    }

    private static func verified(
        _ bytes: [UInt8], _ file: FilePath, _ publicKey: PublicKey
    ) throws(ReportCatalogue.Refusal.Reason) -> Statement {
        do {
            return try Statement(opening: bytes, name: file.string, publicKey: publicKey)
        } catch {
            throw .notAccepted(error)
        }
    }

    /// A report that never had a signature, and that agrees with itself.
    private static func unsigned(
        _ bytes: [UInt8], _ file: FilePath
    ) throws(ReportCatalogue.Refusal.Reason) -> Statement {
        let stored: StoredReport
        do {
            stored = try StoredReport(bytes, name: file.string)
        } catch {
            throw .notAccepted(error)
        }
        guard !stored.isSigned else { throw .noKey }
        guard !stored.statement.report.signed else {
            throw .notAccepted(VerificationError(file: file, problem: .signatureRemoved, words: .report))
        }
        let contradictions = stored.statement.contradictions()
        guard contradictions.isEmpty else {
            throw .notAccepted(VerificationError(file: file, problem: .impossible(contradictions), words: .report))
        }
        return stored.statement
    }
}
