import Evidence
import Files
import Findings
import Foundation
import Report
import Storage
import SystemPackage
import Testing

@testable import Ledger
@testable import Pack

/// A small ledger, its reports and its pack: whichever byte is changed, wherever a file is cut, whatever is removed, it is found and the
/// file is named.
@Suite struct EveryByteTests {
    /// All that `ledger verify` looks at, of a drill that failed, an approval, an annotation and the first line of the keys.
    private struct Record {
        let bench: PackBench
        /// By their paths below the reports' directory.
        let files: [String: [UInt8]]
        /// Of the same files.
        private let places: [String: URL]

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
            let checkpoint = bench.reports.pushing(FilePath(Self.witnessed))
            try Files.replace(
                checkpoint, with: try Files.read(checkpoint, limit: 4096) + Array(Self.witness.utf8),
                mode: .ownerReadWrite)
            files = try Self.read(bench.reports)
            places = Dictionary(
                uniqueKeysWithValues: files.keys.map { ($0, URL(filePath: bench.reports.pushing(FilePath($0)).string)) }
            )
            request = AuditRequest(ring: bench.ring, reports: bench.reports, now: PackBench.time(0) + 7000)
            location = bench.place.location
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

        private let request: AuditRequest
        private let location: StoreLocation

        /// What `ledger verify` finds wrong; empty if nothing is.
        func problems() async throws -> [String] {
            var request = request
            do throws(KeyHistoryError) {
                let history = try KeyHistory(contentsOf: bench.reports.appending(KeyHistory.fileName))
                request.ring = try history.ring(anchoredAt: [bench.key.publicKey])
                request.history = history
            } catch {
                return ["\(error)"]
            }
            do {
                let audit = try await LogReader(of: location).audit(request)
                return audit.remarks.filter { $0.kind == .damaged || $0.kind == .unexplained }.map(\.words)
            } catch let error as LedgerError {
                return ["\(error)"]
            }
        }

        /// The problems with some files in the place of those that are there; nil removes one.
        func problems(with changed: [String: [UInt8]?]) async throws -> [String] {
            for (name, bytes) in changed {
                if let bytes {
                    try Data(bytes).write(to: places[name]!)
                } else {
                    try FileManager.default.removeItem(at: places[name]!)
                }
            }
            let found = try await problems()
            for name in changed.keys { try Data(files[name]!).write(to: places[name]!) }
            return found
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
            #expect(record.files.count == 24)
            try await body(record)
            #expect(try await record.problems() == [], "all is as it was")
        }
    }

    /// What the problems name: the paths of files in the ledger, and the names of others.
    private static func names(in problems: [String]) -> Set<String> {
        var names: Set<String> = []
        for problem in problems {
            for word in problem.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x2c || $0 == 0x3a }) {
                names.insert(String(Substring(word)))
                if let slash = word.lastIndex(of: 0x2f) {
                    names.insert(String(Substring(word[word.index(after: slash)...])))
                }
            }
        }
        return names
    }

    private static func ownName(_ name: String) -> String {
        name.hasPrefix("ledger/") ? String(name.dropFirst("ledger/".count)) : name
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
                    let named = Self.names(in: problems)
                    for name in changed.keys
                    where !named.contains(Self.ownName(name)) && !record.isIgnored(index, of: name) {
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
                    if !Self.names(in: problems).contains(Self.ownName(name)) {
                        Issue.record("\(name) cut at \(count): \(problems)")
                    }
                }
                let problems = try await record.problems(with: [name: nil])
                if !Self.names(in: problems).contains(Self.ownName(name)) {
                    Issue.record("\(name) removed: \(problems)")
                }
            }
        }
    }

    @Test("Reports, and approvals, that change places are named, and none is said to be gone")
    func exchanged() async throws {
        try await PackBench.with { bench in
            try await bench.fill()
            func audit() async throws -> [String] {
                let request = AuditRequest(ring: bench.ring, reports: bench.reports, now: PackBench.time(3))
                return try await bench.place.reader().audit(request).remarks.filter { $0.kind != .note }.map(\.words)
            }
            func exchange(_ first: String, _ second: String) throws {
                let places = [first, second, "between"].map { bench.reports.appending($0).string }
                for (from, to) in [(0, 2), (1, 0), (2, 1)] {
                    try FileManager.default.moveItem(atPath: places[from], toPath: places[to])
                }
            }
            #expect(try await audit() == [])
            let names = try Files.names(in: bench.reports)
            let reports = names.filter { $0.hasSuffix(ReportCatalogue.fileNameEnd) }
            try exchange(reports[0], reports[2])
            #expect(
                Set(try await audit()) == [
                    "\(reports[0]) is another report than the one of entry 1",
                    "\(reports[2]) is another report than the one of entry \(try await Self.last(bench))",
                ])
            try exchange(reports[0], reports[2])
            let additions = names.filter { StoredAddition.reportName(ofAddition: $0) != nil }
            try exchange(additions[0], additions[1])
            let problems = try await audit()
            #expect(problems.count == 2)
            for name in additions {
                #expect(problems.contains { $0.hasPrefix("\(name) is not the file of entry ") }, "\(problems)")
            }
        }
    }

    /// The number of the newest entry.
    private static func last(_ bench: PackBench) async throws -> Int64 {
        try await bench.place.reader().checkpoint(signedBy: nil).checkpoint.size - 1
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
                if verified.isGood || !Self.names(in: verified.problems).contains(PackNames.statement) {
                    Issue.record("byte \(index) of \(PackNames.statement): \(verified.problems)")
                }
            }
        }
    }
}
