import Backup
import Findings

@testable import Checks
@testable import Restore

extension CheckRow {
    static let extensions = [
        CheckRow(
            id: "extensions", reason: "the one that every database has", checking: Checking(), subject: "plpgsql",
            status: .passed, observed: "1.0"),
        CheckRow(
            id: "extensions", reason: "one that the backup names", checking: Checking(objects: [plpgsql]),
            subject: "plpgsql", status: .passed, basis: .archive, expected: "installed", observed: "1.0"),
        CheckRow(
            id: "extensions", reason: "one that this machine does not have",
            checking: Checking(objects: [ExpectedObject(kind: "EXTENSION", schema: nil, name: "Ärger", owner: nil)]),
            subject: "Ärger", status: .inconclusive, cause: .environment, basis: .archive, expected: "installed",
            observed: "missing", words: "install it on this machine"),
        CheckRow(
            id: "extensions", reason: "one that this machine has, and that was not restored",
            checking: Checking(sql: "DROP EXTENSION plpgsql", objects: [plpgsql]), subject: "plpgsql",
            status: .failed, cause: .backup, basis: .archive, expected: "installed", observed: "missing",
            words: "it was not restored"),
        CheckRow(
            id: "extensions", reason: "something else stood in the restore's way",
            checking: Checking(
                sql: "DROP EXTENSION plpgsql", objects: [plpgsql],
                problems: [RestoreProblem(subject: "x", message: "no", judgement: .environment("be superuser"))]),
            subject: "plpgsql", status: .inconclusive, cause: .environment, basis: .archive, expected: "installed",
            observed: "missing", words: "this machine lacks something"),
        CheckRow(
            id: "extensions", reason: "another version than the machine takes by itself",
            checking: Checking(sql: "CREATE EXTENSION amcheck VERSION '1.2'"), subject: "amcheck", status: .passed,
            observed: "1.2", words: "this machine installs 1."),
        CheckRow(
            id: "extensions", reason: "the version that the plan names", checking: wanting(.init(version: "1.0")),
            subject: "plpgsql", status: .passed, basis: .plan, expected: "version 1.0", observed: "1.0"),
        CheckRow(
            id: "extensions", reason: "another version", checking: wanting(.init(version: "1.0.0")),
            subject: "plpgsql", status: .inconclusive, cause: .environment, basis: .plan, expected: "version 1.0.0",
            observed: "1.0", words: "a dump holds no version"),
        CheckRow(
            id: "extensions", reason: "another version, of a copy of files",
            checking: wanting(.init(version: "1.0.0"), isPhysicalCopy: true), subject: "plpgsql", status: .failed,
            cause: .expectation, basis: .plan, expected: "version 1.0.0", observed: "1.0",
            words: "holds the versions of its source"),
        CheckRow(
            id: "extensions", reason: "later than the minimum",
            checking: wanting(.init(minimum: VersionNumber(parsing: "0.10"))), subject: "plpgsql", status: .passed,
            basis: .plan, expected: "version 0.10 or later", observed: "1.0"),
        CheckRow(
            id: "extensions", reason: "below the minimum",
            checking: wanting(.init(minimum: VersionNumber(parsing: "1.0.1"))), subject: "plpgsql",
            status: .inconclusive, cause: .environment, basis: .plan, expected: "version 1.0.1 or later",
            observed: "1.0", words: "a dump holds no version"),
        CheckRow(
            id: "extensions", reason: "a version that is no number",
            checking: wanting(
                .init(minimum: VersionNumber(parsing: "1")), "UPDATE pg_extension SET extversion = 'unpackaged'"),
            subject: "plpgsql", status: .inconclusive, cause: .environment, basis: .plan,
            expected: "version 1 or later", observed: "unpackaged", words: "more than numbers and dots"),
        CheckRow(
            id: "extensions", reason: "any version will do", checking: wanting(.init()), subject: "plpgsql",
            status: .passed, basis: .plan, expected: "installed", observed: "1.0"),
        CheckRow(
            id: "extensions", reason: "one that only the plan knows",
            checking: wanting(.init(), "DROP EXTENSION plpgsql"),
            subject: "plpgsql", status: .failed, cause: .expectation, basis: .plan, expected: "installed",
            observed: "missing", words: "the backup does not name it"),
        CheckRow(
            id: "extensions", reason: "none", checking: Checking(sql: "DROP EXTENSION plpgsql"), subject: "database",
            status: .notRun, words: "the database has no extensions"),
    ]

    private static let plpgsql = ExpectedObject(kind: "EXTENSION", schema: nil, name: "plpgsql", owner: nil)

    private static func wanting(
        _ expectation: ExtensionExpectation, _ sql: String = "", isPhysicalCopy: Bool = false
    ) -> Checking {
        var plan = CheckPlan()
        plan.extensions[ExtensionName("plpgsql")] = expectation
        return Checking(sql: sql, plan: plan, isPhysicalCopy: isPhysicalCopy)
    }
}
