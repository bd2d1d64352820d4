/// A type of column, as far as its values can be judged by their text: by the rules of the type's input function, which a
/// restore asks of each value.
package indirect enum ValueType: Sendable, Equatable {
    /// `smallint`, `integer`, `bigint`: 2, 4 or 8 bytes.
    case integer(bytes: Int)
    case boolean
    case uuid
    /// `numeric`, `numeric(p,s)`.
    case numeric(NumericLimit?)
    /// `real`, `double precision`: 4 or 8 bytes.
    case float(bytes: Int)
    /// `text`, `character varying(n)`; the limit is in characters.
    case text(limit: Int?)
    /// `character(n)`, and `bpchar` without a limit: spaces at its end mean nothing.
    case paddedText(limit: Int?)
    case date
    case timestamp(zoned: Bool)
    case time(zoned: Bool)
    case interval
    case bytea
    /// `bit(n)`, which has exactly n bits, and `bit varying(n)`, which has at most n.
    case bits(count: Int?, varying: Bool)
    /// The labels, in the encoding of the dump.
    case enumeration(Set<[UInt8]>)
    case json
    case jsonb
    case array(ValueType)
    /// Any other, by the name in its definition: its values are not judged.
    case other(String)

    /// Whether values of the type are judged.
    package var isJudged: Bool {
        switch self {
        case .other: false
        case .array(let element): element.isJudged
        default: true
        }
    }

    /// What a value of the type is, with its article, for a message: "an integer".
    package var words: String {
        switch self {
        case .integer(let bytes): bytes == 2 ? "a smallint" : bytes == 4 ? "an integer" : "a bigint"
        case .boolean: "a boolean"
        case .uuid: "a uuid"
        case .numeric(nil): "a numeric"
        case .numeric(let limit?): "a numeric(\(limit.precision),\(limit.scale))"
        case .float(let bytes): bytes == 4 ? "a real" : "a double precision"
        case .text(nil): "a text"
        case .text(let limit?): "a character varying(\(limit))"
        case .paddedText(nil): "a bpchar"
        case .paddedText(let limit?): "a character(\(limit))"
        case .date: "a date"
        case .timestamp(let zoned): zoned ? "a timestamp with time zone" : "a timestamp"
        case .time(let zoned): zoned ? "a time with time zone" : "a time"
        case .interval: "an interval"
        case .bytea: "a bytea"
        case .bits(_, let varying): varying ? "a bit varying" : "a bit string of the column's length"
        case .enumeration: "a label of its enum"
        case .json: "a json"
        case .jsonb: "a jsonb"
        case .array(let element): "an array whose elements are each \(element.words)"
        case .other(let name): "a \(name)"
        }
    }
}

/// The limits of a `numeric(precision,scale)`.
package struct NumericLimit: Sendable, Equatable {
    /// 1 to 1000.
    package let precision: Int
    /// -1000 to 1000 (before PostgreSQL 15: 0 to the precision).
    package let scale: Int

    package init(precision: Int, scale: Int) {
        self.precision = precision
        self.scale = scale
    }
}

/// Whether a text is a value of a type.
package enum ValueAnswer: Sendable, Equatable {
    /// Some server takes it: each rule here is the widest one of the servers that are supported.
    case fits
    /// Every server refuses it.
    case doesNotFit
    /// It is in a form that `pg_dump` does not write, and that is not judged here.
    case unknown
}

/// The encoding of the texts, as far as it decides about them.
package struct ValueEncoding: Sendable, Equatable {
    package let isUTF8: Bool
    /// Whether each byte is one character.
    package let isSingleByte: Bool

    package static let utf8 = ValueEncoding(isUTF8: true, isSingleByte: false)

    package init(isUTF8: Bool, isSingleByte: Bool) {
        self.isUTF8 = isUTF8
        self.isSingleByte = isSingleByte
    }
}
