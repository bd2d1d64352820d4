import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Every kind of damage, in every form of a dump that can have it: what an inspection, a drill and pg_restore say.
@Suite struct DamageTests {
    @Test(arguments: DamageForm.all)
    func isFound(_ form: DamageForm) async throws {
        try await withDesk { desk in
            let good = try await DamageCorpus.copy(form, to: desk.root.appending("good"))
            try DamageCorpus.copyManifest(of: good)
            let whole = try await desk.inspect(good.path)
            #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.errors)")
            #expect(whole.findings("content").contains { $0.basis == .manifest && $0.status == .passed })
            if [DamageForm.all.first, DamageForm.all.last].contains(form) {
                let drilled = try await desk.drill(good.path)
                #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            }
            Tally.add("healthy dumps passed")
            for (number, damage) in Damage.all.enumerated() where damage.forms(form) {
                let dump = try await DamageCorpus.copy(form, to: desk.root.appending("\(number)"))
                try damage.change(dump)
                switch damage.answer {
                case .bad(let words): try await expect(damage, words, of: dump, at: desk)
                case .unseen(let words): try await expectUnseen(damage, words, of: dump, at: desk)
                }
                try await expect(pgRestore: damage, of: dump, at: desk)
                Tally.add("damaged dumps found to be bad")
            }
        }
    }

    private func expect(_ damage: Damage, _ words: String, of dump: DamagedDump, at desk: Desk) async throws {
        let inspected = try await desk.inspect(dump.path)
        #expect(inspected.exitCode == 1, "\(damage.name): \(inspected.complaints)\(inspected.errors)")
        #expect(words.isEmpty || inspected.complaints.contains(words), "\(damage.name): \(inspected.complaints)")
        #expect(inspected.checks.contains { $0.status == .failed && $0.cause == .backup }, "\(damage.name)")
        guard damage.isDrilled(dump.form) else { return }
        let drilled = try await desk.drill(dump.path)
        #expect(drilled.exitCode == 1, "\(damage.name): \(drilled.complaints)")
        #expect(drilled.report.cause == .backup, "\(damage.name): \(drilled.complaints)")
    }

    /// It passes, with a word about checksums, until there is a manifest.
    private func expectUnseen(_ damage: Damage, _ words: String, of dump: DamagedDump, at desk: Desk) async throws {
        let alone = try await desk.inspect(dump.path)
        #expect(alone.exitCode == 0, "\(damage.name): \(alone.complaints)")
        #expect(alone.checks.contains { $0.reason?.contains("no checksum") == true }, "\(damage.name)")
        if damage.isDrilled(dump.form), !damage.hasManifest(dump.form) {
            let drilled = try await desk.drill(dump.path)
            #expect(drilled.exitCode == 0, "\(damage.name): \(drilled.complaints)")
            #expect(drilled.report.checks.contains { $0.reason?.contains("no checksum") == true }, "\(damage.name)")
        }
        try DamageCorpus.copyManifest(of: dump)
        let held = try await desk.inspect(dump.path)
        #expect(held.exitCode == 1, "\(damage.name): \(held.complaints)")
        #expect(held.complaints.contains(words), "\(damage.name): \(held.complaints)")
        guard damage.hasManifest(dump.form) else { return }
        let drilled = try await desk.drill(dump.path)
        #expect(drilled.exitCode == 1 && drilled.report.cause == .backup, "\(damage.name): \(drilled.complaints)")
        #expect(drilled.complaints.contains(words), "\(damage.name): \(drilled.complaints)")
    }

    private func expect(pgRestore damage: Damage, of dump: DamagedDump, at desk: Desk) async throws {
        // PostgreSQL 15 is Debian's, in whatever patch level; the other never changes.
        guard dump.form.major > 15, let code = damage.pgRestore.exitCode(dump.form) else { return }
        let program = try await TestServer.installation(major: dump.form.major).program("pg_restore")
        let restored = try await Program(program).run(
            ["--file=/dev/null", dump.path.string], in: desk.root, environment: desk.environment())
        #expect(restored.exitCode == code, "\(damage.name): \(restored.errors)")
    }
}
