import Bytes
import FoundationEssentials

/// The only place that converts statements and envelopes to JSON: sorted keys, no escaped slashes, no white space,
/// times by ``Timestamp``. Equal values give equal bytes.
package enum StatementJSON {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            guard Timestamp.canWrite(date) else {
                throw EncodingError.invalidValue(
                    date,
                    .init(codingPath: container.codingPath, debugDescription: "a time needs a year from 1 to 9999"))
            }
            try container.encode(Timestamp.format(date))
        }
        return Array(try encoder.encode(value))
    }

    /// Reads a value and ignores unknown fields, so that newer documents stay readable.
    ///
    /// - Throws: ``FieldError`` if the bytes are not JSON that all readers understand alike (see ``StrictJSON``), or a
    ///   field is missing or has a wrong value.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws(FieldError) -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = Timestamp.parse(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\"\(text)\" is not a time such as 2026-11-23T04:12:07.250Z")
            }
            return date
        }
        do {
            return try StrictJSON.decode(type, from: bytes, with: decoder)
        } catch let error as StrictJSONError {
            throw FieldError(error)
        } catch {
            throw FieldError(error)
        }
    }
}

/// What is wrong with a JSON document, and in which field.
package struct FieldError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path to the field, such as `predicate.drill.checks[3].status`; empty for the document as a whole.
    package var field: String
    /// What is wrong, as the rest of a sentence that starts with the field.
    package var problem: String

    package init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }

    package var description: String {
        field.isEmpty ? problem : "`\(field)` \(problem)"
    }

    fileprivate init(_ error: StrictJSONError) {
        switch error {
        // As the decoder says it, which has limits of its own.
        case .malformed, .tooDeep:
            self.init(DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "\(error)")))
        case .duplicateKey: self.init(field: "", problem: "it \(error)")
        }
    }

    fileprivate init(_ error: any Error) {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            self.init(field: Self.path(context.codingPath + [key]), problem: "is missing")
        case .valueNotFound(_, let context):
            self.init(field: Self.path(context.codingPath), problem: "is null")
        case .typeMismatch(let type, let context):
            self.init(field: Self.path(context.codingPath), problem: "is not \(Self.name(of: type))")
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            // The decoder gives this error, without a path, both for broken syntax and for 0.5 in place of a whole
            // number.
            self.init(
                field: "", problem: "it is not complete, well-formed JSON, or a number in it does not fit its field")
        case .dataCorrupted(let context):
            self.init(
                field: Self.path(context.codingPath), problem: "has a value it cannot have: \(context.debugDescription)"
            )
        default:
            self.init(field: "", problem: "it cannot be read as JSON: \(error)")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }
}
