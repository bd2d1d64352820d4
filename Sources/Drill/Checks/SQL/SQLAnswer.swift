import Findings
import Foundation
import PlanFile
import Postgres

/// What a query answered, in words without row values, and whether that is what the plan says.
struct SQLAnswer: Sendable {
    /// A number is told where its column is called `count`, as `count(*)` calls it; any other may be a row's value.
    let observed: String
    let isExpected: Bool

    private init(_ observed: String, _ isExpected: Bool) {
        self.observed = observed
        self.isExpected = isExpected
    }

    /// Reads from the cursor `answer`: as many rows as it takes to tell, a few at a time.
    /// - Throws: ``WrittenQuery/Mistake`` when the query yields nothing that could be held against the plan.
    init(to expectation: SQLExpectation, over session: Session) async throws {
        if let rows = expectation.rows {
            self = try await Self.count(upTo: rows.exactly ?? rows.maximum ?? rows.minimum ?? 0, rows, over: session)
        } else if expectation.wantsValue {
            self = try Self.value(await session.query("FETCH 2 FROM answer"), expectation)
        } else {
            // Only the time matters, so all of it is read.
            self = try await Self.count(upTo: .max, RowCountExpectation(), over: session)
        }
    }

    // MARK: Rows

    /// Rows fetched at a time: some may be wide.
    private static let batch = 100

    private static func count(
        upTo bound: Int64, _ expected: RowCountExpectation, over session: Session
    ) async throws -> SQLAnswer {
        var count: Int64 = 0
        while count <= bound {
            let fetched = try await session.query("FETCH \(batch) FROM answer").count
            count += Int64(fetched)
            if fetched < batch { return SQLAnswer(counted(count, "row"), expected.allows(count)) }
        }
        return SQLAnswer("more than \(counted(bound, "row"))", expected.allows(count))
    }

    // MARK: A value

    private static func value(_ rows: [Row], _ expected: SQLExpectation) throws -> SQLAnswer {
        guard let row = rows.first else { return SQLAnswer("no rows", false) }
        guard row.width == 1 else {
            throw WrittenQuery.Mistake(observed: "\(row.width) columns instead of a single value")
        }
        guard rows.count == 1 else {
            if expected.isOfCommand { throw WrittenQuery.Mistake(observed: "several rows instead of a single value") }
            return SQLAnswer("several rows", false)
        }
        guard let text: String = try row.get(at: 0) else { return SQLAnswer("null", false) }
        let isCount = row.columns == ["count"]
        switch expected.equals {
        case .text(let wanted):
            let isEqual = text.utf8.elementsEqual(wanted.utf8)
            return SQLAnswer(isEqual ? "equal" : "another value", isEqual)
        case .truth(let wanted):
            guard let truth = Bool(postgresText: text) else {
                throw WrittenQuery.Mistake(observed: "a value that is neither true nor false")
            }
            return SQLAnswer("\(truth)", truth == wanted)
        case .number(let wanted):
            let number = try Self.number(text)
            let isEqual = number == wanted
            return SQLAnswer(isCount ? "\(number)" : isEqual ? "equal" : "another number", isEqual)
        case nil:
            let number = try Self.number(text)
            let isLow = expected.minimum.map { number < $0 } ?? false
            let isHigh = expected.maximum.map { number > $0 } ?? false
            return SQLAnswer(
                isCount ? "\(number)" : isLow ? "a smaller number" : isHigh ? "a larger number" : "as expected",
                !isLow && !isHigh)
        }
    }

    private static func number(_ text: String) throws -> Decimal {
        guard let number = Decimal(strictly: text) else {
            throw WrittenQuery.Mistake(observed: "a value that is no number")
        }
        return number
    }
}
