import CLibPQ

/// One row of an answer, with values in the server's text format.
package struct Row: Sendable {
    package let columns: [String]
    let values: [String?]

    /// How many columns it has.
    package var width: Int { values.count }

    /// The value of a column, or nil for SQL NULL.
    /// - Throws: `unexpectedAnswer` when there is no such column or its text is not a `Value`.
    package func get<Value: PostgresDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        guard let index = columns.firstIndex(of: column) else {
            throw .unexpectedAnswer("no column \(column) among \(columns.joined(separator: ", "))")
        }
        return try get(at: index)
    }

    /// The value at a position (0-based), or nil for SQL NULL.
    package func get<Value: PostgresDecodable>(
        at index: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value? {
        guard values.indices.contains(index) else {
            throw .unexpectedAnswer("no column at position \(index) of \(values.count)")
        }
        guard let text = values[index] else { return nil }
        guard let value = Value(postgresText: text) else {
            throw .unexpectedAnswer("column \(columns[index]) is not a \(Value.self)")
        }
        return value
    }

    /// The value of a column that is never NULL.
    package func need<Value: PostgresDecodable>(
        _ column: String, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value: Value = try get(column) else { throw .unexpectedAnswer("column \(column) is NULL") }
        return value
    }

    /// The value at a position that is never NULL.
    package func need<Value: PostgresDecodable>(
        at index: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let value: Value = try get(at: index) else {
            throw .unexpectedAnswer("column \(columns[index]) is NULL")
        }
        return value
    }

    static func rows(of result: borrowing ResultHandle) -> [Row] {
        let pointer = result.pointer
        let columns = (0..<PQnfields(pointer)).map { String(cString: PQfname(pointer, $0)) }
        return (0..<PQntuples(pointer)).map { row in
            Row(
                columns: columns,
                values: columns.indices.map { column in
                    PQgetisnull(pointer, row, Int32(column)) == 1
                        ? nil : String(cString: PQgetvalue(pointer, row, Int32(column)))
                })
        }
    }
}

/// A Swift type that the server's text format can be read into.
package protocol PostgresDecodable {
    init?(postgresText: String)
}

extension String: PostgresDecodable {
    package init?(postgresText: String) { self = postgresText }
}

extension Int: PostgresDecodable {
    package init?(postgresText: String) { self.init(postgresText) }
}

extension Int64: PostgresDecodable {
    package init?(postgresText: String) { self.init(postgresText) }
}

extension Double: PostgresDecodable {
    package init?(postgresText: String) { self.init(postgresText) }
}

extension Bool: PostgresDecodable {
    package init?(postgresText: String) {
        switch postgresText {
        case "t": self = true
        case "f": self = false
        default: return nil
        }
    }
}

extension [String]: PostgresDecodable {
    /// Reads a one-dimensional `text[]` without NULLs, as `array_out` writes it: `{a,"b c","d\"e"}`.
    package init?(postgresText: String) {
        let scalars = postgresText.unicodeScalars
        guard scalars.first == "{", scalars.last == "}" else { return nil }
        var elements: [String] = []
        var element = String.UnicodeScalarView()
        var quoted = false
        var escaped = false
        var started = false
        for scalar in scalars.dropFirst().dropLast() {
            if escaped {
                element.append(scalar)
                escaped = false
                continue
            }
            switch scalar {
            case "\\": escaped = true
            case "\"":
                quoted.toggle()
                started = true
            case "," where !quoted:
                elements.append(String(element))
                element = String.UnicodeScalarView()
            default:
                element.append(scalar)
                started = true
            }
        }
        if started || !elements.isEmpty { elements.append(String(element)) }
        self = elements
    }
}
