import Evidence
import Files
import Findings
import Foundation
import Report
import SystemPackage
import Testing

@testable import Ledger
@testable import Pack

/// A small ledger, its reports and its pack: whichever byte is changed, wherever a file is cut, whatever is removed, it is found and the
/// file is named.
@Suite struct EveryByteTests {
    /// All that `ledger verify` looks at, of a drill that failed, an approval, an annotation, two changes of keys and a note.
    private struct Record {
        let bench: PackBench
        /// By their paths below the reports' directory.
        let files: [String: [UInt8]]

        static let witness = "— witness.example BAECAwUGBwgJCgsMDQ4PEBESExQ=\n"
        /// A file that somebody else has signed too, below what the ledger's key signed.
        static let witnessed = "ledger/checkpoints/2"

        init(_ bench: PackBench) async throws {
            self.bench = bench
            let report = try await bench.drill(0, passes: false)
            let by = Report.Trigger(kind: "manual", user: "anna", host: "desk")
            let content = try AnyStoredReport(contentsOf: report.file).content.report
            let approval = try await AdditionStore.write(
                Approval(content, role: "reviewer", time: PackBench.time(1), by: by, comment: nil),
                beside: report.file, sha256: report.sha256, signer: bench.anna)
            var annotation = Annotation(
                content, findings: [AnnotatedFinding(content.checks[0])], time: PackBench.time(2), by: by)
            annotation.owner = "anna"
            let annotated = try await AdditionStore.write(
                annotation, beside: report.file, sha256: report.sha256, signer: bench.key)
            for file in [approval.file, annotated.file] {
                _ = try await bench.place.enter(try StoredAddition(contentsOf: file))
            }
            let history = try await bench.history()
            try Files.create(bench.reports.appending(KeyHistory.fileName), history.encoded, mode: .ownerReadWrite)
            _ = try await bench.place.enter(history)
            var note = LedgerEntry(.note, time: PackBench.time(3))
            note.text = "so it was"
            _ = try await bench.place.append(note)
            let checkpoint = bench.reports.pushing(FilePath(Self.witnessed))
            try Files.replace(
                checkpoint, with: try Files.read(checkpoint, limit: 4096) + Array(Self.witness.utf8),
                mode: .ownerReadWrite)
            files = try Self.read(bench.reports)
        }

        private static func read(_ directory: FilePath) throws -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            let all = try #require(FileManager.default.enumerator(atPath: directory.string))
            for case let name as String in all {
                let file = directory.pushing(FilePath(name))
                var isDirectory: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: file.string, isDirectory: &isDirectory)
                if !isDirectory.boolValue { files[name] = try Files.read(file, limit: 1 << 20) }
            }
            return files
        }

        /// What `ledger verify` finds wrong; empty if nothing is.
        func problems() async throws -> [String] {
            let keys = [bench.key.publicKey]
            let history: KeyHistory
            let ring: KeyRing
            do throws(KeyHistoryError) {
                history = try KeyHistory(contentsOf: bench.reports.appending(KeyHistory.fileName))
                ring = try history.ring(anchoredAt: keys)
            } catch {
                return ["\(error)"]
            }
            var request = AuditRequest(ring: ring, reports: bench.reports, now: PackBench.time(0) + 7000)
            request.history = history
            do {
                let audit = try await LogReader(of: bench.place.location).audit(request)
                return audit.remarks.filter { $0.kind == .damaged || $0.kind == .unexplained }.map(\.words)
            } catch let error as LedgerError {
                return ["\(error)"]
            }
        }

        /// The problems with some files in the place of those that are there; nil removes one.
        func problems(with changed: [String: [UInt8]?]) async throws -> [String] {
            for (name, bytes) in changed {
                let file = bench.reports.pushing(FilePath(name))
                guard let bytes else {
                    Files.remove(file)
                    continue
                }
                try Data(bytes).write(to: URL(filePath: file.string))
            }
            defer {
                for name in changed.keys {
                    // What is not put back fails what follows.
                    try? Data(files[name]!).write(to: URL(filePath: bench.reports.pushing(FilePath(name)).string))
                }
            }
            return try await problems()
        }

        /// Whether a byte is of a line that verifiers read over: C2SP signed-note says that they ignore signatures of keys that they do not
        /// know. A change there can be seen or not; it says nothing of the log.
        func isIgnored(_ index: Int, of name: String) -> Bool {
            name == Self.witnessed && index >= files[name]!.count - Self.witness.utf8.count
        }
    }

    private static func withRecord(_ body: (Record) async throws -> Void) async throws {
        try await PackBench.with { bench in
            let record = try await Record(bench)
            #expect(try await record.problems() == [])
            #expect(record.files.count > 30)
            try await body(record)
            #expect(try await record.problems() == [], "all is as it was")
        }
    }

    /// True if one of the problems is that of this file: it has its path in the ledger, or its name.
    private static func isNamed(_ name: String, in problems: [String]) -> Bool {
        let own = name.hasPrefix("ledger/") ? String(name.dropFirst(7)) : name
        return problems.contains { words in
            words.ranges(of: own).contains { range in
                let before = range.lowerBound == words.startIndex ? " " : words[words.index(before: range.lowerBound)]
                let after = range.upperBound == words.endIndex ? " " : words[range.upperBound]
                return " /".contains(before) && " ,:".contains(after)
            }
        }
    }

    /// Files on which what is said of others depends: each of them is changed alone.
    private static func isAlone(_ name: String, _ files: [String: [UInt8]]) -> Bool {
        let entries = files.keys.count { $0.hasPrefix("ledger/checkpoints/") }
        return [
            KeyHistory.fileName, "ledger/checkpoint", "ledger/tile/entries/000.p/\(entries)",
            "ledger/tile/0/000.p/\(entries)",
        ].contains(name)
    }

    @Test("Every byte of the ledger and of its reports, changed")
    func everyByteOfTheRecord() async throws {
        try await Self.withRecord { record in
            let alone = record.files.filter { Self.isAlone($0.key, record.files) }.map { [$0.key: $0.value] }
            #expect(alone.count == 4)
            // The others are changed side by side, one byte of each: each of them must be named all the same.
            let together = record.files.filter { !Self.isAlone($0.key, record.files) }
            for group in alone + [together] {
                for index in 0..<(group.values.map(\.count).max() ?? 0) {
                    var changed: [String: [UInt8]?] = [:]
                    for (name, bytes) in group where index < bytes.count {
                        var other = bytes
                        other[index] ^= 1
                        changed[name] = other
                    }
                    let problems = try await record.problems(with: changed)
                    for name in changed.keys
                    where !record.isIgnored(index, of: name) && !Self.isNamed(name, in: problems) {
                        Issue.record("byte \(index) of \(name): \(problems)")
                    }
                }
            }
        }
    }

    @Test("Every file of the ledger and of its reports, cut and removed")
    func everyFileOfTheRecord() async throws {
        try await Self.withRecord { record in
            for (name, bytes) in record.files.sorted(by: { $0.key < $1.key }) {
                let places = Set([0, 1, bytes.count / 4, bytes.count / 2, bytes.count * 3 / 4, bytes.count - 1])
                for count in places {
                    let problems = try await record.problems(with: [name: Array(bytes.prefix(count))])
                    if !Self.isNamed(name, in: problems) { Issue.record("\(name) cut at \(count): \(problems)") }
                }
                let problems = try await record.problems(with: [name: nil])
                if !Self.isNamed(name, in: problems) { Issue.record("\(name) removed: \(problems)") }
            }
        }
    }

    @Test("Every byte of every file in the pack, changed")
    func everyByteOfThePack() async throws {
        try await PackBench.with { bench in
            try await bench.drill(0)
            let pack = try await bench.pack()
            let signed = try InTotoStatement<PackContents>(
                opening: pack.files[PackNames.statement]!, name: "p", publicKey: bench.key.publicKey)
            #expect(Set(signed.subject.map(\.name)) == Set(pack.files.keys).subtracting([PackNames.statement]))
            for (name, bytes) in pack.files where name != PackNames.statement {
                var (one, own) = (PackFiles(), signed)
                own.subject = signed.subject.filter { $0.name == name }
                for index in bytes.indices {
                    one.files[name] = bytes
                    one.files[name]![index] ^= 1
                    if PackVerification.differences(of: one, from: own) != ["\(name) is not what was signed"] {
                        Issue.record("byte \(index) of \(name)")
                    }
                }
            }
            // What says which files there are.
            for index in pack.files[PackNames.statement]!.indices {
                var other = pack
                other.files[PackNames.statement]![index] ^= 1
                let verified = try await bench.verify(other)
                if verified.isGood || !Self.isNamed(PackNames.statement, in: verified.problems) {
                    Issue.record("byte \(index) of \(PackNames.statement): \(verified.problems)")
                }
            }
        }
    }
}
