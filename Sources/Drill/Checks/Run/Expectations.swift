import Backup
import Findings
import Manifest
import Postgres

/// A demand, and where it comes from.
package struct Based<Demand: Sendable>: Sendable {
    package let basis: Basis
    package let demand: Demand

    package init(_ basis: Basis, _ demand: Demand) {
        self.basis = basis
        self.demand = demand
    }
}

/// What is expected of the restored database: the demands on each check, each with its basis. A check gives one finding
/// for each basis, and does not ask where a demand comes from.
package struct Expectations: Sendable {
    private var byCheck: [CheckID: [Based<any Sendable>]] = [:]

    package init() {}

    /// Adds what one source demands. What a source says later goes behind what it said before.
    package mutating func add<C: Check>(_ demands: C.Demands, of basis: Basis, to check: C.Type) {
        byCheck[C.id, default: []].append(Based(basis, demands))
    }

    /// The demands on a check, in the order of the cases of `Basis`: what was seen at the source goes first.
    package func of<C: Check>(_ check: C.Type) -> [Based<C.Demands>] {
        let demands = (byCheck[C.id] ?? []).compactMap { based in
            (based.demand as? C.Demands).map { Based(based.basis, $0) }
        }
        return Basis.allCases.flatMap { basis in demands.filter { $0.basis == basis } }
    }
}

extension Expectations {
    /// Everything that is expected. Another source of expectations is added here, and no check changes.
    package init(
        _ contents: BackupContents, _ plan: CheckPlan, _ manifest: SourceManifest? = nil, _ earlier: EarlierDrill? = nil
    ) {
        if let manifest { add(manifest) }
        if let earlier { add(earlier) }
        let tables = contents.objects.filter { $0.kind == "TABLE" }.map { ($0.tableName, RowCountExpectation()) }
        add(Dictionary(tables) { $1 }, of: .archive, to: RowCountsCheck.self)
        let extensions = contents.objects.filter { $0.kind == "EXTENSION" }.map {
            (ExtensionName($0.name), ExtensionExpectation())
        }
        add(Dictionary(extensions) { $1 }, of: .archive, to: ExtensionsCheck.self)
        if let data = contents.data { add(ContentExpectation(data: data), of: .archive, to: ContentCheck.self) }
        if let structure = contents.structure { add(structure, of: .archive, to: StructureCheck.self) }
        if let count = contents.largeObjects, count > 0 {
            add(
                LargeObjectsExpectation(count: count, contents: contents.data?.largeObjects), of: .archive,
                to: LargeObjectsCheck.self)
        }
        if !contents.sequences.isEmpty {
            add(SequencesExpectation(states: contents.sequenceStates), of: .archive, to: SequencesCheck.self)
        }
        for check in checkCatalogue { add(plan, to: check) }
    }

    private mutating func add<C: Check>(_ plan: CheckPlan, to check: C) {
        if let demands = plan[C.self] { add(demands, of: .plan, to: C.self) }
    }
}

extension BackupContents {
    fileprivate var sequenceStates: [TableName: SequenceExpectation] {
        Dictionary(
            sequences.map {
                (
                    TableName(schema: $0.schema, name: $0.name),
                    SequenceExpectation(last: $0.last, isCalled: $0.isCalled)
                )
            }
        ) { $1 }
    }
}

extension ExpectedObject {
    var tableName: TableName { TableName(schema: schema ?? "public", name: name) }
}

// MARK: Demands by name

extension Sequence {
    /// The demands on one thing.
    func on<Name, Demand>(_ name: Name) -> [Based<Demand>] where Element == Based<[Name: Demand]> {
        compactMap { based in based.demand[name].map { Based(based.basis, $0) } }
    }

    /// Everything that any demand names.
    func names<Name, Demand>() -> Set<Name> where Element == Based<[Name: Demand]> {
        reduce(into: []) { $0.formUnion($1.demand.keys) }
    }

    /// Demands that are lists, one by one.
    func oneByOne<Demand>() -> [Based<Demand>] where Element == Based<[Demand]> {
        flatMap { based in based.demand.map { Based(based.basis, $0) } }
    }
}

// MARK: In words

extension Basis {
    /// Where the expectation comes from, as the subject of a sentence.
    package var source: String {
        switch self {
        case .manifest: "the manifest"
        case .archive: "the backup"
        case .history: "the history of drills"
        case .plan: "the plan"
        case .rule: "the rule"
        }
    }

    /// - Returns: the words where a person wrote the expectation, who may have misspelt a name; nothing otherwise.
    func ifWritten(_ words: String) -> String { self == .plan ? words : "" }
}
