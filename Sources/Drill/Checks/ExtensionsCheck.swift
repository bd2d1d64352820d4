import Findings
import Postgres

/// Are the extensions there, in versions that will do?
struct ExtensionsCheck: Check {
    static let description = CheckDescription(
        id: "extensions",
        asks: "Is every extension that the database needs installed, and in which version?",
        covers: """
            The extensions that the backup or the plan names, and whatever else is installed. Versions where the plan names \
            one. What this machine lacks is not held against the backup.
            """,
        doesNotCover: """
            The versions at the source: a dump names extensions without them, so a restored one has the version of the \
            machine. Libraries that the server loads at its start (shared_preload_libraries).
            """,
        notRun: "the database has no extensions, and neither the backup nor the plan names one",
        example: """
            postgis: { version: "3.4.2" }
            pg_trgm: { minimum: "1.6" }
            vector: {}
            """)

    let expectations: [ExtensionName: ExtensionExpectation]

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        var states: [ExtensionName: State] = [:]
        for row in try await context.query(SQLFile.extensions.text) {
            states[ExtensionName(try row.need("name"))] = State(
                version: try row.get("version"), machineVersion: try row.get("default_version"))
        }
        let named = Set(context.contents.objects.filter { $0.kind == "EXTENSION" }.map { ExtensionName($0.name) })
        let installed = states.filter { $0.value.version != nil }.keys
        return named.union(expectations.keys).union(installed).sorted().map { name in
            let state = states[name] ?? State()
            return state.version.map { present(name, $0, state, isNamed: named.contains(name)) }
                ?? missing(name, state, isNamed: named.contains(name), in: context)
        }
    }

    /// An extension of this database and machine.
    private struct State {
        /// Nil where it is not installed in the database.
        var version: String?
        /// The version that the machine takes where none is asked for; nil where it has none at all.
        var machineVersion: String?
    }

    private func present(_ name: ExtensionName, _ version: String, _ state: State, isNamed: Bool) -> Finding {
        let expectation = expectations[name]
        let basis: Basis? = expectation?.words != nil ? .plan : isNamed ? .archive : expectation == nil ? nil : .plan
        var finding = Finding(
            id: Self.id, subject: name.description, status: .passed, basis: basis,
            expected: basis == nil ? nil : expectation?.words ?? "installed", observed: version)
        switch expectation.map({ $0.allows(version) }) ?? true {
        case true?:
            if let other = state.machineVersion, !other.utf8.elementsEqual(version.utf8) {
                finding.reason = "where no version is asked for, this machine installs \(other)"
            }
        case false?:
            finding.status = .inconclusive
            finding.reason =
                "the version is this machine's, since a dump holds none: install the package of the version that the plan names"
            finding.cause = .environment
        case nil:
            finding.status = .inconclusive
            finding.reason =
                "this version is more than numbers and dots, so no minimum can be compared: name it as version in the plan"
            finding.cause = .environment
        }
        return finding
    }

    private func missing(
        _ name: ExtensionName, _ state: State, isNamed: Bool, in context: CheckContext
    ) -> Finding {
        let expected = expectations[name]?.words ?? "installed"
        guard isNamed else {
            return Finding(
                absent: name.description, id: Self.id, basis: .plan, expected: expected, observed: "missing",
                reason:
                    "the plan expects this extension, and the backup does not name it, unless the plan spells it wrong",
                in: context)
        }
        guard state.machineVersion == nil else {
            return Finding(
                absent: name.description, id: Self.id, basis: .archive, expected: "installed", observed: "missing",
                reason:
                    "the backup names it and this machine has it, and yet it was not restored; see the check restore",
                in: context)
        }
        return Finding(
            id: Self.id, subject: name.description, status: .inconclusive, basis: .archive, expected: "installed",
            observed: "missing",
            reason: "install it on this machine, for the major version of its PostgreSQL, and drill again",
            cause: .environment)
    }
}
