import FoundationEssentials

/// Checks each JSON document that comes from outside before it is used: it accepts only a document that all readers understand
/// alike. Parsers disagree about an object that has a key twice (RFC 8259, 4): one takes the first, one the last.
package enum StrictJSON {
    /// How deep objects and lists may be within one another.
    package static let maximumDepth = 500

    /// Decodes a document after ``check(_:)``.
    /// - Throws: ``StrictJSONError``; what the decoder throws.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from data: some Collection<UInt8>, with decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        let data = Data(data)
        try check(data)
        return try decoder.decode(type, from: data)
    }

    /// Checks that a document is one JSON value in UTF-8 in which no object has a key twice, in whatever way the keys
    /// are written.
    /// - Throws: ``StrictJSONError``.
    package static func check(_ data: Data) throws(StrictJSONError) {
        do {
            try data.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                try scanner.document()
            }
        } catch let error as StrictJSONError {
            throw error
        } catch {
            throw .malformed(offset: 0)
        }
    }
}

/// Why a JSON document is refused.
package enum StrictJSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It is not well-formed, or cut off, at this byte.
    case malformed(offset: Int)
    /// An object has this key twice.
    case duplicateKey(String)
    /// It is deeper than ``StrictJSON/maximumDepth``.
    case tooDeep

    /// True if the document is JSON, and yet not one that is read.
    package var isAmbiguous: Bool { if case .malformed = self { false } else { true } }

    /// The rest of a sentence that begins with "it".
    package var description: String {
        switch self {
        case .malformed: "is not complete, well-formed JSON"
        case .duplicateKey(let key):
            "has the key \"\(key)\" twice in one object, so that its readers may read different things"
        case .tooDeep: "is nested more than \(StrictJSON.maximumDepth) deep"
        }
    }
}

/// Walks over one document.
private struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var next = 0
    /// The keys of the objects that are open, those of the innermost last.
    private var keys: [Key] = []

    /// A key as it is written, without its quotes.
    private struct Key {
        var range: Range<Int>
        /// False if other bytes could stand for the same text.
        var isPlain: Bool
    }

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func document() throws(StrictJSONError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed(offset: 0) }
        skipSpace()
        try value(depth: 0)
        skipSpace()
        guard next == bytes.count else { throw .malformed(offset: next) }
    }

    private mutating func value(depth: Int) throws(StrictJSONError) {
        guard depth < StrictJSON.maximumDepth else { throw .tooDeep }
        switch peek {
        case UInt8(ascii: "{"): try object(depth)
        case UInt8(ascii: "["):
            next += 1
            skipSpace()
            if take("]") { return }
            repeat {
                skipSpace()
                try value(depth: depth + 1)
                skipSpace()
            } while take(",")
            try need("]")
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func object(_ depth: Int) throws(StrictJSONError) {
        next += 1
        let first = keys.count
        skipSpace()
        if take("}") { return }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw .malformed(offset: next) }
            keys.append(try string())
            skipSpace()
            try need(":")
            skipSpace()
            try value(depth: depth + 1)
            skipSpace()
        } while take(",")
        try need("}")
        if let twice = duplicate(from: first) { throw .duplicateKey(twice) }
        keys.removeLast(keys.count - first)
    }

    /// The first key that is there twice. Texts that Unicode calls equivalent are one key: Swift's decoder holds them
    /// for equal.
    private func duplicate(from first: Int) -> String? {
        let keys = keys[first...]
        if keys.count <= 12, keys.allSatisfy(\.isPlain) {
            for (index, key) in keys.enumerated() {
                for other in keys.prefix(index) where bytes[key.range].elementsEqual(bytes[other.range]) {
                    return text(of: key)
                }
            }
            return nil
        }
        var seen: Set<String> = []
        return keys.lazy.map(text).first { !seen.insert($0).inserted }
    }

    /// The text that a key stands for.
    private func text(of key: Key) -> String {
        var units: [UInt16] = []
        var index = key.range.lowerBound
        var plain = index
        func flush(_ end: Int) { units += String(decoding: bytes[plain..<end], as: UTF8.self).utf16 }
        while index < key.range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            flush(index)
            switch bytes[index + 1] {
            case UInt8(ascii: "u"):
                let digits = String(decoding: bytes[index + 2..<index + 6], as: UTF8.self)
                units.append(UInt16(digits, radix: 16) ?? 0)
                index += 6
            case let escaped:
                let simple: [UInt8: UInt16] = [0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9]
                units.append(simple[escaped] ?? UInt16(escaped))
                index += 2
            }
            plain = index
        }
        flush(index)
        return String(decoding: units, as: UTF16.self)
    }

    /// A string from its first quote to behind its last one.
    private mutating func string() throws(StrictJSONError) -> Key {
        next += 1
        let start = next
        var isPlain = true
        /// The first half of a pair of escapes that stand for one character.
        var half = false
        while let byte = peek, byte != UInt8(ascii: "\"") {
            if byte != UInt8(ascii: "\\") {
                guard byte >= 0x20, !half else { throw .malformed(offset: next) }
                if byte >= 0x80 { isPlain = false }
                next += 1
                continue
            }
            isPlain = false
            next += 1
            guard let escaped = peek else { break }
            next += 1
            guard escaped == UInt8(ascii: "u") else {
                guard "\"\\/bfnrt".utf8.contains(escaped), !half else { throw .malformed(offset: next) }
                continue
            }
            let unit = try hexadecimal()
            switch unit {
            case 0xd800...0xdbff where !half: half = true
            case 0xdc00...0xdfff where half: half = false
            case 0xd800...0xdfff: throw .malformed(offset: next)
            default: guard !half else { throw .malformed(offset: next) }
            }
        }
        let end = next
        guard !half else { throw .malformed(offset: next) }
        try need("\"")
        return Key(range: start..<end, isPlain: isPlain)
    }

    private mutating func hexadecimal() throws(StrictJSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap(ASCII.hexDigit) else {
                throw .malformed(offset: next)
            }
            value = value << 4 | UInt16(digit)
            next += 1
        }
        return value
    }

    private mutating func number() throws(StrictJSONError) {
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
    }

    private mutating func digits() throws(StrictJSONError) {
        let start = next
        while let byte = peek, ASCII.isDigit(byte) { next += 1 }
        guard next > start else { throw .malformed(offset: next) }
    }

    private mutating func word(_ word: StaticString) throws(StrictJSONError) {
        let wanted = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[next...].starts(with: wanted) else { throw .malformed(offset: next) }
        next += wanted.count
    }

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { next += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func need(_ character: Unicode.Scalar) throws(StrictJSONError) {
        guard take(character) else { throw .malformed(offset: next) }
    }
}
