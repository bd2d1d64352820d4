import Crypto
import Evidence
import Files
import Findings
import Report
import SystemPackage

extension LogAudit {
    /// Compares the reports of a directory, and the proofs beside them, with the entries.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    mutating func reports(_ directory: FilePath, _ request: AuditRequest, _ tree: AuditedTree) throws {
        let ring = request.ring
        let byDigest = Dictionary(
            entries.filter(\.isOfReport).map { ($0.entry.envelope!, $0) }, uniquingKeysWith: { $1 })
        let byName = Dictionary(
            entries.filter(\.isOfReport).compactMap { numbered in numbered.entry.file.map { ($0, numbered) } },
            uniquingKeysWith: { $1 })
        var (found, changed, unsigned, older): (Set<String>, Set<Int64>, Int, Int) = ([], [], 0, 0)
        var good: [SignedReport] = []
        let names = Set(try Files.names(in: directory))
        for name in names.sorted() where name.hasSuffix(ReportCatalogue.fileNameEnd) {
            switch StoredDocument(directory.appending(name), ring) {
            case .refused(let why):
                if let entry = byName[name] {
                    changed.insert(entry.index)
                    damaged("\(name) was changed after entry \(entry.index) was written: \(why)", entry: entry.index)
                } else {
                    damaged(why)
                }
            case .unsigned:
                guard let entry = byName[name] else {
                    unsigned += 1
                    continue
                }
                changed.insert(entry.index)
                damaged(
                    "\(name) is not signed any more: it was changed after entry \(entry.index) was written",
                    entry: entry.index)
            case .good(let report, let digest, let signer):
                good.append(SignedReport(name: name, report: report, sha256: digest, signer: signer))
                if let entry = byName[name], entry.entry.envelope != digest {
                    changed.insert(entry.index)
                    damaged("\(name) is another report than the one of entry \(entry.index)", entry: entry.index)
                    // One that is in the place of another is not gone.
                    if byDigest[digest] != nil { found.insert(digest) }
                } else if let entry = byDigest[digest] {
                    found.insert(digest)
                    requireProof(of: name, entry, among: names)
                    compare(report, with: entry, name)
                    if let until = signer.until, entry.entry.time >= until {
                        damaged(
                            "\(name) is signed by key \(signer.publicKey.keyID), which is valid \(signer.period), and was entered after that (entry \(entry.index)): its time cannot be relied on",
                            entry: entry.index)
                    }
                } else if let first = entries.first, report.finished < first.entry.time {
                    older += 1
                } else {
                    damaged("\(name) is signed, and the ledger has no entry of it")
                }
            }
        }
        for entry in entries where entry.isOfReport {
            guard !found.contains(entry.entry.envelope!), !changed.contains(entry.index) else { continue }
            unexplained("the report \(entry.entry.file ?? "") of \(entry.words) is gone", entry: entry.index)
        }
        goodReports = found.count
        elsewhere = entries.count {
            $0.entry.envelope != nil && !$0.isOfReport && !$0.isOfAddition && $0.entry.kind != .key
        }
        if unsigned > 0 { note("\(counted(unsigned, "report is", "reports are")) not signed, and so have no entry") }
        if older > 0 { note("\(counted(older, "report is", "reports are")) older than this ledger") }
        try additions(directory, names, good, request)
        try proofs(directory, ring.operators, tree)
    }

    private mutating func compare(_ report: Report, with entry: NumberedEntry, _ name: String) {
        let own = entry.entry
        guard own.verdict == report.verdict, own.plan == report.plan, own.run == report.id else {
            return damaged(
                "entry \(entry.index) says \(own.verdict?.rawValue ?? "nothing") of plan \(own.plan ?? "?"), and its report \(name) says \(report.verdict.rawValue) of plan \(report.plan)",
                entry: entry.index)
        }
    }

    /// The proof lies beside what it proves. Without it nothing shows that the log was put back, so its absence is told.
    /// - Parameter names: of the files of the directory.
    mutating func requireProof(of name: String, _ entry: NumberedEntry, among names: Set<String>) {
        guard !names.contains(name + LogProof.nameEnd) else { return }
        unexplained(
            "\(name)\(LogProof.nameEnd), the proof of entry \(entry.index), is gone: pgassay ledger prove writes it anew",
            entry: entry.index)
    }

    /// What was once shown to somebody is still so.
    private mutating func proofs(_ directory: FilePath, _ keys: [PublicKey], _ tree: AuditedTree) throws {
        let known = try KnownProofs(in: directory, signedBy: keys)
        for refusal in known.refusals { damaged("\(refusal.name) \(refusal.reason)") }
        let previous = entries.first?.entry.previous?.origin
        for (file, proof) in known.proofs.map({ ($0.name, $0.proof) }) {
            let own = proof.checkpoint.checkpoint
            if own.origin != tree.origin {
                if previous == nil { damaged("\(file) is a proof of another log: \(own.origin)") }
            } else if own.size > tree.size {
                damaged(
                    "the log is an older copy, or entries were removed: it has \(tree.size) entries, and \(file) proves \(own.size)"
                )
            } else if tree.roots[Int(own.size)] != own.root
                || tree.leaves[Int(proof.entry.index)] != TreeHash.leaf(proof.entry.bytes)
            {
                damaged("\(file) proves another history than the log has: it was rewritten")
            }
        }
    }
}

/// A report of a directory that somebody signed whose key counts.
struct SignedReport {
    /// Of its file.
    let name: String
    let report: Report
    let sha256: String
    let signer: KeyRing.Key
}

/// A report as an audit finds it.
private enum StoredDocument {
    case good(Report, digest: String, signer: KeyRing.Key)
    case unsigned
    case refused(String)

    init(_ file: FilePath, _ ring: KeyRing) {
        do {
            let bytes = try Files.read(file, limit: Envelope.maximumSize)
            let (content, key) = try AnyReport.open(bytes, name: file.string, ring)
            self = .good(content.report, digest: Hex.encode(SHA256.hash(data: bytes)), signer: key)
        } catch let error as VerificationError where error.problem == .unsigned {
            self = .unsigned
        } catch {
            self = .refused("\(error)")
        }
    }
}

extension NumberedEntry {
    /// It is about a report, and says which.
    package var isOfReport: Bool {
        entry.envelope != nil && (entry.kind == .finished || entry.kind == .inspected)
    }

    /// It is about an approval or an annotation, and says which.
    var isOfAddition: Bool {
        entry.envelope != nil && (entry.kind == .countersigned || entry.kind == .annotated)
    }

    /// Which drill or inspection, for people.
    package var words: String {
        let what = entry.kind == .inspected ? "inspection" : "drill"
        let verdict = entry.verdict.map { ", \($0.rawValue)" } ?? ""
        return "\(what) \(entry.run ?? "") of plan \(entry.plan ?? "?"), \(Timestamp.plain(entry.time))\(verdict)"
    }
}
