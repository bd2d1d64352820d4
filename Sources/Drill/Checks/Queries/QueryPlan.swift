import Foundation
import Postgres

/// What EXPLAIN says of a query.
struct QueryPlan: Sendable {
    private(set) var tables: Set<TableName> = []
    /// Those that are read from one end to the other.
    private(set) var tablesReadWhole: Set<TableName> = []
    /// Indexes lie in their tables' schemas.
    private(set) var indexes: Set<TableName> = []
    /// To plan and run it, in milliseconds; 0 when it was not run.
    let time: Double

    /// - Parameter rows: of `EXPLAIN (FORMAT JSON)`.
    init(parsing rows: [Row]) throws {
        let text: String = try rows.first?.need(at: 0) ?? ""
        let explained: [Explained]
        do {
            explained = try JSONDecoder().decode([Explained].self, from: Data(text.utf8))
        } catch {
            throw PostgresError.unexpectedAnswer("EXPLAIN told no plan that can be read")
        }
        time = explained.reduce(0) { $0 + ($1.planningTime ?? 0) + ($1.executionTime ?? 0) }
        for query in explained { add(query.plan) }
    }

    /// - Parameter schema: of the table that the node above reads, which is what a bitmap of an index is made for.
    private mutating func add(_ node: Node, within schema: String? = nil) {
        let schema = node.schema ?? schema
        if let schema, let relation = node.relation {
            let table = TableName(schema: schema, name: relation)
            tables.insert(table)
            if node.type == "Seq Scan" { tablesReadWhole.insert(table) }
        }
        if let schema, let index = node.index { indexes.insert(TableName(schema: schema, name: index)) }
        for child in node.children ?? [] { add(child, within: schema) }
    }

    private struct Explained: Decodable {
        let plan: Node
        let planningTime: Double?
        let executionTime: Double?

        enum CodingKeys: String, CodingKey {
            case plan = "Plan"
            case planningTime = "Planning Time"
            case executionTime = "Execution Time"
        }
    }

    private struct Node: Decodable {
        let type: String
        let schema: String?
        let relation: String?
        let index: String?
        let children: [Node]?

        enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case schema = "Schema"
            case relation = "Relation Name"
            case index = "Index Name"
            case children = "Plans"
        }
    }
}
