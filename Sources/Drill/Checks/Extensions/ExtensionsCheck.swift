import Findings
import PlanFile
import Postgres

/// Are the extensions there, in versions that will do?
struct ExtensionsCheck: Check {
    static let description = CheckDescription(
        id: .extensions,
        asks: "Is every extension that the database needs installed, and in which version?",
        covers: """
            The extensions that the backup or the plan names, and whatever else is installed. Versions where the plan names \
            one. What this machine lacks is not held against the backup.
            """,
        doesNotCover: """
            The versions at the source of a dump: a dump names extensions without them, so a restored one has the version of \
            the machine (of a copy of files, the version is that of the source). Libraries that the server loads at its start (shared_preload_libraries).
            """,
        notRun: "the database has no extensions, and neither the backup nor the plan names one",
        example: """
            postgis: { version: "3.4.2" }
            pg_trgm: { minimum: "1.6" }
            vector: {}
            """)

    static func demands(of node: PlanNode) throws(PlanError) -> [ExtensionName: ExtensionExpectation]? {
        var demands: [ExtensionName: ExtensionExpectation] = [:]
        for (key, value) in try node.named() { demands[ExtensionName(key.name)] = try ExtensionExpectation(value) }
        return demands
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        var states: [ExtensionName: State] = [:]
        for row in try await context.query(SQLFile.extensions.text) {
            states[ExtensionName(try row.need("name"))] = State(
                version: try row.get("version"), machineVersion: try row.get("default_version"))
        }
        let expectations = context.expectations.of(Self.self)
        let installed = states.filter { $0.value.version != nil }.keys
        return expectations.names().union(installed).sorted().flatMap { name in
            findings(about: name, states[name] ?? State(), expectations.on(name), in: context)
        }
    }

    /// One finding for each expectation, or one that tells the version where nothing is expected.
    private func findings(
        about name: ExtensionName, _ state: State, _ expectations: [Based<ExtensionExpectation>],
        in context: CheckContext
    ) -> [Finding] {
        guard let version = state.version else {
            let isInBackup = expectations.contains { $0.basis == .archive }
            return expectations.map { missing(name, state, $0, isInBackup: isInBackup, in: context) }
        }
        return expectations.isEmpty
            ? [present(name, version, state, nil, in: context)]
            : expectations.map { present(name, version, state, $0, in: context) }
    }

    /// An extension of this database and machine.
    private struct State {
        /// Nil where it is not installed in the database.
        var version: String?
        /// The version that the machine takes where none is asked for; nil where it has none at all.
        var machineVersion: String?
    }

    private func present(
        _ name: ExtensionName, _ version: String, _ state: State, _ expectation: Based<ExtensionExpectation>?,
        in context: CheckContext
    ) -> Finding {
        var finding = Finding(
            id: Self.id, subject: name.description, status: .passed, basis: expectation?.basis,
            expected: expectation.map { $0.demand.words ?? Self.installed }, observed: version)
        switch expectation.map({ $0.demand.allows(version) }) ?? true {
        case true?:
            if let other = state.machineVersion, !other.utf8.elementsEqual(version.utf8) {
                finding.reason = "where no version is asked for, this machine installs \(other)"
            }
            if let source = expectation?.demand.atSource, !source.utf8.elementsEqual(version.utf8) {
                finding.reason =
                    "the source has \(source): a dump holds no version, so this machine's version was installed"
            }
        case false? where context.contents.isPhysicalCopy:
            finding.status = .failed
            finding.reason =
                "a copy of files holds the versions of its source: update the extension there, or correct the plan"
            finding.cause = expectation?.basis.fault
        case false?:
            finding.status = .inconclusive
            finding.reason =
                "a dump holds no version, so this machine's version was installed: install the package of the plan's version"
            finding.cause = .environment
        case nil:
            finding.status = .inconclusive
            finding.reason =
                "this version is more than numbers and dots, so no minimum can be compared: name it as version in the plan"
            finding.cause = .environment
        }
        return finding
    }

    private static let installed = "installed"

    private func missing(
        _ name: ExtensionName, _ state: State, _ expectation: Based<ExtensionExpectation>, isInBackup: Bool,
        in context: CheckContext
    ) -> Finding {
        let basis = expectation.basis
        let expected = expectation.demand.words ?? Self.installed
        guard isInBackup else {
            return Finding(
                absent: name.description, id: Self.id, basis: basis, expected: expected, observed: "missing",
                reason:
                    "\(basis.source) expects this extension, and the backup does not name it\(basis.ifWritten(", unless the plan spells it wrong"))",
                in: context)
        }
        guard state.machineVersion == nil else {
            return Finding(
                absent: name.description, id: Self.id, basis: basis, expected: expected, observed: "missing",
                reason:
                    "the backup names it and this machine has it, and yet it was not restored; see the check restore",
                in: context)
        }
        return Finding(
            id: Self.id, subject: name.description, status: .inconclusive, basis: basis, expected: expected,
            observed: "missing",
            reason: "install it on this machine, for the major version of its PostgreSQL, and drill again",
            cause: .environment)
    }
}

extension SQLFile {
    static var extensions: SQLFile { SQLFile(PackageResources.extensions_sql) }
}
