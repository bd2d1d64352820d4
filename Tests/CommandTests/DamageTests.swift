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
            let whole = try await desk.inspect(good.path)
            #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.errors)")
            let drilled = try await desk.drill(good.path)
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            Tally.add("healthy dumps passed")
            for (number, damage) in Damage.all.enumerated() where damage.forms(form) {
                let dump = try await DamageCorpus.copy(form, to: desk.root.appending("\(number)"))
                try damage.change(dump)
                try await expect(damage, of: dump, at: desk)
            }
        }
    }

    private func expect(_ damage: Damage, of dump: DamagedDump, at desk: Desk) async throws {
        let inspected = try await desk.inspect(dump.path)
        let drilled = try await desk.drill(dump.path)
        switch damage.answer {
        case .bad(let words):
            #expect(inspected.exitCode == 1, "\(damage.name): \(inspected.complaints)\(inspected.errors)")
            #expect(words.isEmpty || inspected.complaints.contains(words), "\(damage.name): \(inspected.complaints)")
            #expect(inspected.checks.contains { $0.status == .failed && $0.cause == .backup }, "\(damage.name)")
            #expect(drilled.exitCode == 1, "\(damage.name): \(drilled.complaints)")
            #expect(drilled.report.cause == .backup, "\(damage.name): \(drilled.complaints)")
            Tally.add("damaged dumps found to be bad")
        case .unseen:
            #expect(inspected.exitCode == 0, "\(damage.name): \(inspected.complaints)")
            #expect(drilled.exitCode == 0, "\(damage.name): \(drilled.complaints)")
        }
        // PostgreSQL 15 is Debian's, in whatever patch level; the other never changes.
        guard dump.form.major > 15, let code = damage.pgRestore.exitCode(dump.form) else { return }
        let program = try await TestServer.installation(major: dump.form.major).program("pg_restore")
        let restored = try await Program(program).run(
            ["--file=/dev/null", dump.path.string], in: desk.root, environment: desk.environment())
        #expect(restored.exitCode == code, "\(damage.name): \(restored.errors)")
    }
}
