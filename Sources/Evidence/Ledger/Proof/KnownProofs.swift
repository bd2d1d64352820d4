import Evidence
import Files
import SystemPackage

/// The proofs that lie beside reports: what the log has shown to somebody, and must still have.
package struct KnownProofs: Sendable {
    package struct Proof: Sendable {
        /// The name of its file.
        package let name: String
        package let proof: LogProof
    }

    /// A file that is named as a proof, and is none.
    package struct Refusal: Sendable {
        /// The name of its file.
        package let name: String
        package let reason: String
    }

    /// Those that the holder of one of the keys signed, by the names of their files.
    package private(set) var proofs: [Proof] = []
    package private(set) var refusals: [Refusal] = []

    package init() {}

    /// Reads those of a directory. One that does not exist has none.
    /// - Parameter newest: how many are read at most: those with the latest times in their names. Nil reads all.
    /// - Throws: ``Files/FileError`` when it cannot be listed.
    package init(in directory: FilePath, signedBy keys: [PublicKey], newest: Int? = nil) throws(FileError) {
        var names = try Files.names(in: directory).filter { $0.hasSuffix(LogProof.nameEnd) }
        if let newest, names.count > newest {
            let dated = names.map { (time: Self.time(in: $0), name: $0) }.sorted { $0 > $1 }
            names = dated.prefix(newest).map(\.name)
        }
        for name in names {
            let file = directory.appending(name)
            do {
                let proof = try LogProof(Files.read(file, limit: LogProof.largest))
                try proof.verify(keys)
                proofs.append(Proof(name: name, proof: proof))
            } catch {
                refusals.append(Refusal(name: name, reason: "\(error)"))
            }
        }
    }

    /// The last time that a name has, as ``Evidence/Timestamp/compact(_:)`` writes it; empty if it has none.
    static func time(in name: String) -> String {
        let bytes = Array(name.utf8)
        func areDigits(_ range: Range<Int>) -> Bool { bytes[range].allSatisfy { 0x30...0x39 ~= $0 } }
        for place in stride(from: bytes.count - 8, through: 8, by: -1)
        where bytes[place] == UInt8(ascii: "T") && bytes[place + 7] == UInt8(ascii: "Z")
            && areDigits(place - 8..<place) && areDigits(place + 1..<place + 7)
        {
            return String(decoding: bytes[place - 8..<place + 8], as: UTF8.self)
        }
        return ""
    }

    /// The one of this log that saw most entries.
    func largest(of origin: String) -> Proof? {
        proofs.filter { $0.proof.checkpoint.checkpoint.origin == origin }
            .max { $0.proof.checkpoint.checkpoint.size < $1.proof.checkpoint.checkpoint.size }
    }
}
