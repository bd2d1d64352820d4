import Foundation
import Postgres

/// A query of the plan's author, and what it should answer; what is nil is not asked.
package struct SQLExpectation: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Decimal)
        case truth(Bool)
    }

    package let name: String
    package let query: String
    /// The single value that the query yields.
    package var equals: Value?
    package var minimum: Decimal?
    package var maximum: Decimal?
    /// How many rows the query yields.
    package var rows: RowCountExpectation?
    /// How long it may take.
    package var within: Duration?

    package init(
        name: String, query: String, equals: Value? = nil, minimum: Decimal? = nil, maximum: Decimal? = nil,
        rows: RowCountExpectation? = nil, within: Duration? = nil
    ) {
        self.name = name
        self.query = query
        self.equals = equals
        self.minimum = minimum
        self.maximum = maximum
        self.rows = rows
        self.within = within
    }

    var wantsValue: Bool { equals != nil || minimum != nil || maximum != nil }

    var words: String {
        let value: String? =
            switch equals {
            case .text(let text): "equals “\(text)”"
            case .number(let number): "equals \(number)"
            case .truth(let truth): "equals \(truth)"
            case nil: nil
            }
        return [
            value, minimum.map { "at least \($0)" }, maximum.map { "at most \($0)" }, rows?.words,
            within.map { "within \(limitText($0))" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

/// A query of the application, and how it should be answered; what is nil or empty is not asked.
package struct QueryExpectation: Sendable, Equatable {
    package let name: String
    package let query: String
    package var within: Duration?
    /// Indexes that its plan should use.
    package var uses: [TableName]

    package init(name: String, query: String, within: Duration? = nil, uses: [TableName] = []) {
        self.name = name
        self.query = query
        self.within = within
        self.uses = uses
    }
}

/// A limit as a plan writes it: `50ms`, `2s`.
func limitText(_ limit: Duration) -> String {
    let (seconds, attoseconds) = limit.components
    return attoseconds == 0 ? text(of: limit) : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
}
