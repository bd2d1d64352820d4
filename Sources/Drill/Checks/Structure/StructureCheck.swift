import Archive
import Causes
import Findings
import Postgres
import Restore

extension CheckID {
    package static let structure = CheckID("structure")
}

/// Is each restored object defined as the backup defines it?
struct StructureCheck: Check {
    static let description = CheckDescription(
        id: .structure,
        asks: "Is each object defined as the backup defines it?",
        covers: """
            The definition of every object of a dump, as pg_dump prints it of the restored database: columns, defaults, bodies of \
            views and functions, constraints, policies, whether triggers are on, publications, storage parameters, statistics \
            targets, comments, privileges, default privileges, security labels, and the owners that the check restore does not \
            ask for. Where the text differs, the definitions of the backup alone are put into an empty database on the same \
            server, and printed by the same pg_dump: then only what is really different is told.
            """,
        doesNotCover: """
            Objects that are not there, which the check restore tells. What pg_dump does not write, such as tablespaces of this \
            machine, access methods of tables, and settings of the database and of roles. Privileges, labels, event triggers and \
            subscriptions, where they are printed in another way and server or pg_dump are of another version than the \
            backup's. Objects that only a plain dump's own statements make, without a comment of pg_dump.
            """,
        notRun: "the backup does not say how its objects are defined")

    typealias Demands = DumpStructure

    func probes(in context: CheckContext) async throws -> [Probe] {
        guard let dump = context.structure else { return [] }
        return context.expectations.of(Self.self).filter { $0.demand.isComparable }.map { based in
            Probe("definitions", needs: .everything, basis: based.basis) { session in
                let audit = StructureAudit(
                    backup: based.demand, basis: based.basis, dump: dump, told: context.toldByRestore,
                    machineLacksSomething: context.machineLacksSomething)
                do {
                    return try await audit.findings(deadline: session.deadline)
                } catch let error as StructureNotRead {
                    return [Self.notRead(error, basis: based.basis)]
                }
            }
        }
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        context.expectations.of(Self.self).compactMap { based in
            if based.demand.isTooLarge {
                return Finding(
                    id: Self.id, subject: "definitions", status: .notRun, basis: based.basis,
                    reason: "the definitions in the backup are larger than pgassay compares")
            }
            guard context.structure == nil, based.demand.isComparable else { return nil }
            return Finding(
                id: Self.id, subject: "definitions", status: .notRun, basis: based.basis, gap: .lacking,
                reason: "no pg_dump on this machine reads this server: install the client programs of its version")
        }
    }

    private static func notRead(_ error: StructureNotRead, basis: Basis) -> Finding {
        let rule = Causes.cause(of: .structureNotRead, while: .checking, about: "\(id) of definitions")
        return Finding(
            id: id, subject: "definitions", status: rule.status, basis: basis,
            reason: "\(rule.reason): \(error.reason)",
            cause: rule.cause)
    }
}

extension DumpStructure {
    fileprivate var isComparable: Bool { !isTooLarge && !objects.isEmpty }
}
