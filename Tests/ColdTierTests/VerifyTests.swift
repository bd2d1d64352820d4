import ColdTier
import Evidence
import Findings
import Foundation
import Testing

/// What is wrong with an export is found without a database, and named.
@Suite struct VerifyTests {
    private static let october = "messages/month=2023-10/part-00000.csv.zst"
    private static let november = "messages/month=2023-11/part-00000.csv.zst"

    /// Exports, damages, verifies: the subjects that failed, and what was said of them.
    private func verify(after damage: @escaping @Sendable (ColdDesk) throws -> Void) async throws -> [String: String] {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"))
            try damage(desk)
            let result = try await desk.verify()
            #expect(result.judgement == Judgement(verdict: .failed, cause: .backup))
            return Dictionary(
                uniqueKeysWithValues: result.findings.filter { $0.status == .failed }.map {
                    ($0.subject, $0.observed ?? "")
                })
        }
    }

    @Test("A flipped byte, wherever it is", arguments: [8, 100, -5, -30])
    func flipped(_ position: Int) async throws {
        let found = try await verify { desk in
            try desk.damage(Self.october) { $0[position < 0 ? $0.count + position : position] ^= 1 }
        }
        #expect(Array(found.keys) == [Self.october])
    }

    @Test("A file that is cut off")
    func truncated() async throws {
        let found = try await verify { try $0.damage(Self.october) { $0.removeLast(9) } }
        #expect(Array(found.keys) == [Self.october])
    }

    @Test("A slice that is missing")
    func missing() async throws {
        let found = try await verify { desk in
            try FileManager.default.removeItem(atPath: desk.output.appending("messages/month=2023-10").string)
        }
        #expect(found == [Self.october: "it is missing"])
    }

    @Test("A file that nobody knows of")
    func extra() async throws {
        let name = "messages/month=2023-10/part-00001.csv.zst"
        let found = try await verify { desk in
            try FileManager.default.copyItem(
                atPath: desk.output.appending(Self.october).string, toPath: desk.output.appending(name).string)
        }
        #expect(Array(found.keys) == [name])
    }

    @Test("A purge.sql that somebody has written to")
    func purge() async throws {
        let found = try await verify { try $0.damage("purge.sql") { $0 += Array("DROP TABLE farmers;".utf8) } }
        #expect(Array(found.keys) == ["purge.sql"])
    }

    @Test("Two files that were swapped")
    func swapped() async throws {
        let found = try await verify { desk in
            let files = FileManager.default
            let (one, two) = (desk.output.appending(Self.october).string, desk.output.appending(Self.november).string)
            try files.moveItem(atPath: one, toPath: one + ".away")
            try files.moveItem(atPath: two, toPath: one)
            try files.moveItem(atPath: one + ".away", toPath: two)
        }
        #expect(found.keys.sorted() == [Self.october, Self.november])
    }

    @Test("A manifest that was signed by somebody else, changed, or is not there")
    func manifests() async throws {
        try await ColdDesk.with(messages) { desk in
            await #expect(throws: MissingManifest.self, "nothing was exported yet") {
                try FileManager.default.createDirectory(atPath: desk.output.string, withIntermediateDirectories: true)
                _ = try await desk.verify()
            }
            try await desk.export((name: "messages", column: "at"))
            let wrong = await #expect(throws: VerificationError.self) {
                try await desk.verify { $0.publicKey = SigningKey.generate().publicKey }
            }
            #expect(wrong?.description.contains("is signed by key") == true)
            await #expect(throws: SignedManifest.self) { try await desk.verify { $0.publicKey = nil } }
            try desk.damage("manifest.dsse.json") { $0[$0.count / 2] ^= 1 }
            await #expect(throws: VerificationError.self) { try await desk.verify() }
        }
    }

    @Test("A sample reads what was not read for the longest time, and says how far it is")
    func rotation() async throws {
        try await ColdDesk.with(messages) { desk in
            try await desk.export((name: "messages", column: "at"), before: "2024-02-01")
            let began = Date()
            var record = VerificationRecord()
            var read: [Int] = []
            for _ in 0..<4 {
                let result = try await desk.verify {
                    $0.sample = 0.25
                    $0.record = record
                }
                #expect(result.judgement.verdict == .passed)
                read.append(result.filesRead)
                record = result.record
            }
            #expect(read.allSatisfy { $0 >= 1 && $0 < 4 })
            let manifest = try await desk.verify().manifest
            let all = record.coverage(of: manifest, since: began)
            #expect(all.files == all.ofFiles && all.files == 4)
            // A file that was damaged after it was found good is not good any more.
            try desk.damage(Self.october) { $0[100] ^= 1 }
            let found = try await desk.verify { $0.record = record }
            #expect(found.judgement.verdict == .failed)
            #expect(found.record.coverage(of: manifest, since: began).files == 3)
        }
    }
}
