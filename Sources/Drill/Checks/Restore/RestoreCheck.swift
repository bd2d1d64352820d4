import Backup
import Findings
import Postgres
import Restore

/// Was everything restored that the backup names?
package struct RestoreCheck: Check {
    package static let description = CheckDescription(
        id: .restore,
        asks: "Did every object and row load, and if not, whose fault is it?",
        covers: """
            Every error of the restore, each judged: the backup's fault, the machine's, or harmless with the reason. Every \
            relation, constraint, trigger, policy, rule, function, type, schema and extension that the backup names \
            exists, belongs to the owner that the backup names, and has privileges where the backup grants some.
            """,
        doesNotCover: """
            Whether an object is defined as it was, and has just the privileges that it had: the check structure asks that. Roles, \
            which no backup of one database holds; those named are made for the drill.
            """,
        notRun: "the backup brings no list of its objects, or it is of an empty database")

    package func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        if context.contents.isPhysicalCopy {
            return [
                Finding(
                    id: Self.id, subject: "database", status: .notRun,
                    reason: "a copy of the server's files names no object: what was in them came with them")
            ]
        }
        let rows = try await context.query(SQLFile.restore.text)
        let restored = try RestoredObjects(rows)
        return presence(context.contents.objects, restored, in: context)
            + owners(context.contents.objects, restored)
            + privileges(context.contents.objects, restored)
    }

    /// What went wrong during the restore. Known before any connection is made, so it is kept whatever becomes of the
    /// checks.
    package static func finding(about problem: RestoreProblem) -> Finding {
        let status: CheckStatus =
            switch problem.judgement {
            case .backup: .failed
            case .environment: .inconclusive
            case .harmless: .passed
            }
        let reason = problem.judgement.reason
        var finding = Finding(
            id: id, subject: problem.subject, status: status, basis: .rule,
            expected: problem.isTold ? "only what pg_dump writes" : "no error",
            observed: problem.message + others(problem),
            reason: status == .passed && !problem.isTold ? "harmless: \(reason)" : reason,
            cause: problem.judgement.cause)
        finding.database = problem.database
        return finding
    }

    private static func others(_ problem: RestoreProblem) -> String {
        guard !problem.alsoIn.isEmpty else { return "" }
        return "; likewise \(problem.alsoIn.count) more: \(firstOf(problem.alsoIn, atMost: 20))"
    }

    /// One finding for each kind of object, and one for each object that is not there. None where the backup names none.
    private func presence(
        _ expected: [ExpectedObject], _ restored: RestoredObjects, in context: CheckContext
    ) -> [Finding] {
        let kinds = Dictionary(grouping: Set(expected.filter { RestoredObjects.knows($0.kind) }), by: \.kind)
        return kinds.sorted { $0.key < $1.key }.flatMap { kind, objects in
            let missing = objects.filter { !restored.has($0) }
            guard !missing.isEmpty else {
                return [
                    Finding(
                        id: Self.id, subject: kind, status: .passed, basis: .archive, expected: "\(objects.count)",
                        observed: "\(objects.count)")
                ]
            }
            return missing.sorted { $0.label < $1.label }.map { absent($0, in: context) }
        }
    }

    private func absent(_ object: ExpectedObject, in context: CheckContext) -> Finding {
        Finding(
            absent: "\(object.kind) \(object.label)", id: Self.id, basis: .archive, expected: "exists",
            observed: "missing",
            reason: "the backup names it and it was not restored; another finding of this check may say why",
            in: context)
    }

    private func owners(_ expected: [ExpectedObject], _ restored: RestoredObjects) -> [Finding] {
        let owned = Set(expected).filter { $0.owner != nil && restored.has($0) && $0.label != "public" }
        return Self.allOf(
            owned, "owners", unless: { !restored.owners(of: $0).contains($0.owner!) },
            finding: { object in
                Finding(
                    id: Self.id, subject: "\(object.kind) \(object.label)", status: .inconclusive, basis: .archive,
                    expected: "owned by \(object.owner!)",
                    observed: "owned by \(restored.owners(of: object).sorted().joined(separator: ", "))",
                    reason: "the owner was not restored; the role that restores may not be allowed to",
                    cause: .environment)
            })
    }

    /// One finding for all objects, or one for each that is not as it should be.
    private static func allOf(
        _ objects: Set<ExpectedObject>, _ subject: String, unless isWrong: (ExpectedObject) -> Bool,
        finding: (ExpectedObject) -> Finding
    ) -> [Finding] {
        let wrong = objects.filter(isWrong).sorted { $0.label < $1.label }
        guard wrong.isEmpty, !objects.isEmpty else { return wrong.map(finding) }
        return [
            Finding(
                id: id, subject: subject, status: .passed, basis: .archive, expected: "\(objects.count)",
                observed: "\(objects.count)")
        ]
    }

    /// A grant is an entry of its own, of kind `ACL`, with a tag such as `TABLE farmers`.
    private func privileges(_ expected: [ExpectedObject], _ restored: RestoredObjects) -> [Finding] {
        let known = Set(expected.filter { $0.kind == "ACL" }.compactMap(restored.grantee(of:)))
        return Self.allOf(
            known, "privileges", unless: { !restored.hasPrivileges($0) },
            finding: { object in
                Finding(
                    id: Self.id, subject: "\(object.kind) \(object.label)", status: .inconclusive, basis: .archive,
                    expected: "privileges as granted in the backup", observed: "none",
                    reason: "the privileges were not restored; the role that restores may not be allowed to",
                    cause: .environment)
            })
    }
}

extension ExpectedObject {
    fileprivate var label: String { schema.map { "\($0).\(name)" } ?? name }
}

extension SQLFile {
    static var restore: SQLFile { SQLFile(PackageResources.restore_sql) }
}
