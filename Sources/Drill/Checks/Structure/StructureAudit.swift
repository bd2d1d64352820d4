import Archive
import Causes
import Findings
import Restore

/// Compares the definitions of a backup with those of what was restored from it.
struct StructureAudit: Sendable {
    let backup: DumpStructure
    let basis: Basis
    let dump: StructureDump
    /// What the restore has told of: it is not told again.
    let told: Set<String>
    let machineLacksSomething: Bool

    private static let mostFindings = 100

    /// An object whose text is not the same in the backup and in the restored database.
    private struct Doubt {
        /// Nil where the backup does not have it.
        let expected: ObjectDefinition?
        /// Nil where it is not there.
        let found: ObjectDefinition?
        let difference: StructureDifference

        var object: DefinedObject { (expected ?? found)!.object }
    }

    /// - Throws: ``Restore/StructureNotRead``, ``Postgres/PostgresError``.
    func findings(deadline: Duration) async throws -> [Finding] {
        let end = ContinuousClock.now + deadline
        let found = try await dump.restored(encoding: backup.encoding, deadline: deadline)
        let expected = StructureIndex(backup)
        var result = Result()
        var doubts: [Doubt] = []
        for definition in expected.all where definition.isDefined {
            if isTold(definition.object) {
                result.told += 1
            } else if let restored = found[definition] {
                result.compareOwners(of: definition, restored)
                if let difference = restored.difference(from: definition) {
                    doubts.append(Doubt(expected: definition, found: restored, difference: difference))
                } else {
                    result.same += 1
                }
            } else if RestoredObjects.knows(definition.object.kind) {
                result.missing.append(definition.object.label)
            } else if let difference = StructureDifference(lost: definition) {
                doubts.append(Doubt(expected: definition, found: nil, difference: difference))
            }
        }
        doubts += additions(found, expected)
        try await decide(doubts, deadline: end - .now, &result)
        return findings(of: result)
    }

    /// Whether the restore has said that something went wrong with it.
    private func isTold(_ object: DefinedObject) -> Bool {
        guard !told.isEmpty else { return false }
        return told.contains(object.label)
            || object.lines.contains { told.contains("the statement that ends in line \($0) of the dump") }
            || object.definedObjects.contains(where: told.contains)
    }

    /// What changes an object of the backup and is not in the backup.
    private func additions(_ found: StructureIndex, _ expected: StructureIndex) -> [Doubt] {
        guard backup.isComplete else { return [] }
        let kinds: Set<String> = ["ACL", "POLICY", "ROW SECURITY", "RULE", "TRIGGER"]
        return found.all.filter { kinds.contains($0.object.kind) && expected[$0] == nil }.compactMap { added in
            StructureDifference(added: added).map { Doubt(expected: nil, found: added, difference: $0) }
        }
    }

    // MARK: What is only printed in another way

    private func decide(_ doubts: [Doubt], deadline: Duration, _ result: inout Result) async throws {
        guard !doubts.isEmpty else { return }
        let made =
            doubts.contains { $0.object.canBeMadeAlone } ? try await dump.made(from: backup, deadline: deadline) : nil
        for doubt in doubts {
            let object = doubt.object
            guard object.canBeMadeAlone, let made else {
                if isDecidedByText(doubt) {
                    result.wrong.append((object.label, doubt.difference))
                } else {
                    result.undecided.append(object.label)
                }
                continue
            }
            let reference = (doubt.expected ?? doubt.found).flatMap { made.structure[$0] }
            switch (reference, doubt.found) {
            case _ where made.failed.contains(object.label): result.undecided.append(object.label)
            case (let reference?, let found?):
                if let difference = found.difference(from: reference) {
                    result.wrong.append((object.label, difference))
                } else {
                    result.same += 1
                }
            case (nil, _?) where doubt.expected == nil: result.wrong.append((object.label, doubt.difference))
            case (nil, _?): result.undecided.append(object.label)
            // Not printed, although it was made: every new database has it.
            case (nil, nil): result.same += 1
            case (let reference?, nil):
                result.wrong.append((object.label, StructureDifference(lost: reference) ?? doubt.difference))
            }
        }
    }

    /// Where the versions are the same, so is the text, unless it depends on an owner that is another one here.
    private func isDecidedByText(_ doubt: Doubt) -> Bool {
        guard dump.isOfSameVersions else { return false }
        guard doubt.object.kind == "ACL", let expected = doubt.expected else { return true }
        return !expected.owners.isEmpty && (doubt.found == nil || doubt.found?.owners == expected.owners)
    }

    // MARK: Words

    private struct Result {
        var same = 0
        var told = 0
        var wrong: [(label: String, difference: StructureDifference)] = []
        /// Not there, and the check restore says so.
        var missing: [String] = []
        var undecided: [String] = []

        mutating func compareOwners(of expected: ObjectDefinition, _ found: ObjectDefinition) {
            guard expected.object.isOwned, !expected.owners.isEmpty, expected.owners != found.owners else { return }
            let words = { (owners: Set<String>) in "owned by " + owners.sorted().joined(separator: ", ") }
            wrong.append(
                (
                    expected.object.label,
                    StructureDifference(expected: words(expected.owners), observed: words(found.owners))
                ))
        }
    }

    private func findings(of result: Result) -> [Finding] {
        var findings = result.wrong.prefix(Self.mostFindings).map { finding($0.label, $0.difference) }
        let more = result.wrong.dropFirst(Self.mostFindings).map(\.label)
        if !more.isEmpty {
            findings.append(
                finding(
                    "\(counted(more.count, "more object"))",
                    StructureDifference(
                        expected: "as the backup defines them", observed: firstOf(more, atMost: 20))))
        }
        if result.same > 0 {
            findings.append(
                Finding(
                    id: .structure, subject: "definitions", status: .passed, basis: basis,
                    expected: "as the backup defines them", observed: counted(result.same, "object")))
        }
        if !result.undecided.isEmpty {
            findings.append(
                notCompared(
                    "other definitions", result.undecided,
                    "these are printed in another way here, and whether they differ cannot be told"))
        }
        if !result.missing.isEmpty {
            findings.append(
                notCompared(
                    "missing objects", result.missing,
                    "these are not in the restored database, or not by themselves: the check restore says why"))
        }
        if findings.isEmpty, result.told > 0 {
            findings = [
                Finding(
                    id: .structure, subject: "definitions", status: .notRun, basis: basis,
                    observed: counted(result.told, "object"),
                    reason: "all of them met an error during the restore: the check restore tells it")
            ]
        }
        return findings
    }

    private func finding(_ label: String, _ difference: StructureDifference) -> Finding {
        let rule = cause(
            of: .definedOtherwise, while: .checking,
            in: Circumstances(machineLacksSomething: machineLacksSomething), about: "structure of \(label)")
        return Finding(
            id: .structure, subject: label, status: rule.status, basis: basis, expected: difference.expected,
            observed: difference.observed, reason: rule.reason, cause: rule.cause == .backup ? basis.fault : rule.cause)
    }

    private func notCompared(_ subject: String, _ labels: [String], _ reason: String) -> Finding {
        Finding(
            id: .structure, subject: subject, status: .notRun, basis: basis, observed: firstOf(labels, atMost: 20),
            reason: "\(counted(labels.count, "object")): \(reason)")
    }
}
