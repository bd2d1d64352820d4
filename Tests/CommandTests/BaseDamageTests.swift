import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Every kind of damage to a base backup: what an inspection, a drill and pg_verifybackup say.
@Suite struct BaseDamageTests {
    @Test(arguments: BaseForm.allCases)
    func isFound(_ form: BaseForm) async throws {
        try await withDesk { desk in
            try await SourceCluster.with(major: form.major) { cluster in
                let places = try await BasePlaces(form, of: cluster)
                let whole = try await desk.inspect(places.backup)
                #expect(whole.exitCode == 0, "\(whole.complaints)\(whole.errors)")
                #expect(whole.findings("archive").map(\.status) == [.passed, .passed])
                #expect(whole.findings("recovery").first?.observed?.hasPrefix("every record to 0/") == true)
                let good = try await verify(places.backup, cluster, at: desk)
                #expect(good.exitCode == 0, "\(good.errors)")
                for damage in BaseDamage.all {
                    guard let code = damage.verify(form) else { continue }
                    let change = damage.change.map { change in { (bytes: inout Data) in change(&bytes, places) } }
                    try await damaging(damage.file(places), change) {
                        let found = try await desk.inspect(places.backup)
                        #expect(found.exitCode == 1, "\(damage.name): \(found.complaints)\(found.errors)")
                        #expect(found.complaints.contains(damage.words), "\(damage.name): \(found.complaints)")
                        #expect(found.checks.contains { $0.status == .failed && $0.cause == .backup })
                        let verified = try await verify(places.backup, cluster, at: desk)
                        #expect(verified.exitCode == code, "\(damage.name): \(verified.errors)")
                        guard form == .withChecksums else { return }
                        let drilled = try await desk.drill(places.backup)
                        #expect(drilled.exitCode == 1, "\(damage.name): \(drilled.complaints)")
                        #expect(drilled.report.cause == .backup, "\(damage.name): \(drilled.complaints)")
                    }
                }
            }
        }
    }

    private func verify(
        _ backup: FilePath, _ cluster: SourceCluster, at desk: Desk
    ) async throws -> Program.Outcome {
        try await Program(cluster.installation.program("pg_verifybackup")).run(
            [backup.string], in: desk.root, environment: desk.environment())
    }
}
