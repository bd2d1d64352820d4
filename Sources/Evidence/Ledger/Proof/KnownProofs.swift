import Evidence
import Files
import SystemPackage

/// The proofs that lie beside reports: what the log has shown to somebody, and must still have.
package struct KnownProofs: Sendable {
    package struct Proof: Sendable {
        package let file: FilePath
        package let proof: LogProof
    }

    /// A file that is named as a proof, and is none.
    package struct Refusal: Sendable {
        package let file: FilePath
        package let reason: String
    }

    /// Those that the holder of one of the keys signed, by the names of their files.
    package private(set) var proofs: [Proof] = []
    package private(set) var refusals: [Refusal] = []

    package init() {}

    /// Reads all of a directory. One that does not exist has none.
    /// - Throws: ``Files/FileError`` when it cannot be listed.
    package init(in directory: FilePath, signedBy keys: [PublicKey]) throws(FileError) {
        for name in try Files.names(in: directory) where name.hasSuffix(LogProof.nameEnd) {
            let file = directory.appending(name)
            do {
                let proof = try LogProof(Files.read(file, limit: LogProof.largest))
                try proof.verify(keys)
                proofs.append(Proof(file: file, proof: proof))
            } catch {
                refusals.append(Refusal(file: file, reason: "\(error)"))
            }
        }
    }

    /// The one of this log that saw most entries.
    func largest(of origin: String) -> Proof? {
        proofs.filter { $0.proof.checkpoint.checkpoint.origin == origin }
            .max { $0.proof.checkpoint.checkpoint.size < $1.proof.checkpoint.checkpoint.size }
    }
}
