import Foundation
import Postgres
import Yams

extension PlanNode {
    /// Text that is not empty.
    package func text() throws(PlanError) -> String {
        guard let text = textIfAny, !text.isEmpty else {
            throw error("expected text, found \(kind)\(isQuotable ? ": put it in quotes" : "")")
        }
        guard !text.contains("\0") else { throw error("text holds no NUL character") }
        return text
    }

    /// Text, or a whole number that stands for its digits, as in an identifier.
    package func digitsOrText() throws(PlanError) -> String {
        if case .scalar(let scalar) = node, has(.int) { return scalar.string }
        return try text()
    }

    package func wholeNumber(_ range: ClosedRange<Int64>) throws(PlanError) -> Int64 {
        guard case .scalar(let scalar) = node, has(.int), let number = Int64(scalar.string), range ~= number
        else { throw error("expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(kind)") }
        return number
    }

    /// A length of time: `90s`, `30m`, `24h`, `8d`, `2w`, or several together, `1h30m`.
    package func duration() throws(PlanError) -> Duration {
        guard let duration = textIfAny.flatMap(HumanText.duration) else {
            throw error("expected a length of time such as 90s, 30m, 24h, 8d, 2w or 1h30m, found \(kind)")
        }
        return duration
    }

    /// A length of time that a query may take: `50ms`, `2s`, `1m30s`.
    package func responseTime() throws(PlanError) -> Duration {
        guard let duration = textIfAny.flatMap(HumanText.responseTime) else {
            throw error("expected a length of time such as 50ms, 2s or 1m30s, found \(kind)")
        }
        return duration
    }

    /// A part in hundredths, `20%`, from 0% to 100%.
    package func percentage() throws(PlanError) -> Int {
        guard let text = textIfAny, let match = text.wholeMatch(of: /([0-9]{1,2}|100)%/), let part = Int(match.1)
        else { throw error("expected a part such as 20%, from 0% to 100%, found \(kind)") }
        return part
    }

    /// The name of a time zone that this machine knows.
    package func timeZoneName() throws(PlanError) -> String {
        let name = try text()
        guard TimeZone(identifier: name) != nil else {
            throw error("expected the name of a time zone such as UTC or Europe/Ljubljana, found “\(name)”")
        }
        return name
    }

    package func truth() throws(PlanError) -> Bool {
        guard let truth = truthIfAny else { throw error("expected true or false, found \(kind)") }
        return truth
    }

    /// A number in the form that JSON has, whole or not.
    package func number() throws(PlanError) -> Decimal {
        guard let number = numberIfAny else { throw error("expected a number, found \(kind)") }
        return number
    }

    /// Nil if this is not a number.
    package var numberIfAny: Decimal? {
        guard case .scalar(let scalar) = node, has(.int) || has(.float) else { return nil }
        return Decimal(strictly: scalar.string)
    }

    /// Nil if this is neither true nor false.
    package var truthIfAny: Bool? {
        guard case .scalar(let scalar) = node, has(.bool) else { return nil }
        return scalar.string.lowercased() == "true"
    }

    /// A size: `500MB`, `40GB`, `1TB`, or with powers of two, `40GiB`; or a number of bytes.
    package func bytes() throws(PlanError) -> Int64 {
        guard case .scalar(let scalar) = node, has(.str) || has(.int), let bytes = HumanText.bytes(scalar.string) else {
            throw error("expected a size such as 500MB, 40GB, 40GiB or 1TB, found \(kind)")
        }
        return bytes
    }

    /// One of the words of an enumeration.
    package func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(PlanError) -> Choice
    where Choice.RawValue == String {
        guard let choice = textIfAny.flatMap({ Choice(rawValue: $0) }) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("expected one of \(words), found \(kind)")
        }
        return choice
    }

    // MARK: Names

    /// For a key: the table that it names.
    package func tableName() throws(PlanError) -> TableName {
        guard let name = TableName(parsing: name) else { throw error("expected a table: name, or schema.name") }
        return name
    }

    /// For a key: the column that it names.
    package func columnName() throws(PlanError) -> ColumnName {
        guard let name = ColumnName(parsing: name) else {
            throw error("expected a column: table.column, or schema.table.column")
        }
        return name
    }

    /// For a value: an index by name, or schema.name.
    package func indexName() throws(PlanError) -> TableName {
        guard let name = TableName(parsing: try text()) else { throw error("expected an index: name, or schema.name") }
        return name
    }

    /// For a list: indexes that are not there twice, and at least one.
    package func indexNames() throws(PlanError) -> [TableName] {
        var indexes: [TableName] = []
        for element in try list() {
            let index = try element.indexName()
            guard !indexes.contains(index) else { throw element.error("\(index) is listed twice") }
            indexes.append(index)
        }
        guard !indexes.isEmpty else { throw error("expected at least one index") }
        return indexes
    }
}
