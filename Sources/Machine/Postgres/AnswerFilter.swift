/// Bounds what libpq has to hold of a server that is not trusted: it keeps a message until it is whole, and the rows
/// of an answer until they are all there. (PostgreSQL documentation, "Frontend/Backend Protocol", "Message Formats": a byte
/// that tells the kind, four bytes of length, which count themselves.)
///
/// An error or a notice that is too long is cut. Any other message that is too long is refused, except a row of a COPY,
/// which may have as many bytes as PostgreSQL lets a row have.
struct AnswerFilter {
    /// The largest message, and what all rows of one answer may have together, in bytes.
    static let largestMessage = 64 << 20
    static let largestAnswer = 128 << 20
    /// PostgreSQL's own limit for a row.
    static let largestRow = 1 << 30
    /// Errors and notices that are longer are cut, to so many bytes.
    static let largestNotice = 1 << 20
    static let keptOfNotice = 8 << 10
    /// What a server may tell of its settings, and notify, in one session: libpq keeps it.
    static let largestState = 8 << 20

    /// What the bytes that come next belong to.
    private enum Place {
        case header
        /// The body of a message, and how much of it is left.
        case body(Int)
        /// A notice that is cut: what is left to keep, and what is left to drop.
        case cut(keep: Int, drop: Int)
    }

    private var place = Place.header
    private var header: [UInt8] = []
    private var answer = 0
    private var state = 0

    /// Takes bytes as they come from the server, and appends what libpq may have of them.
    /// - Throws: ``AnswerRefusal``; nothing further may be taken then.
    mutating func take(_ bytes: UnsafeRawBufferPointer, into passed: inout [UInt8]) throws(AnswerRefusal) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch place {
            case .header:
                let piece = rest.prefix(5 - header.count)
                rest = rest.dropFirst(piece.count)
                header += piece
                if header.count == 5 { try begin(&passed) }
            case .body(let left):
                let piece = rest.prefix(left)
                rest = rest.dropFirst(piece.count)
                passed += piece
                place = piece.count == left ? .header : .body(left - piece.count)
            case .cut(let keep, let drop):
                let piece = rest.prefix(keep > 0 ? keep : drop)
                rest = rest.dropFirst(piece.count)
                if keep > 0 {
                    passed += piece
                    // Ends the field that was cut, and the list of fields.
                    if piece.count == keep { passed += [0, 0] }
                    place = .cut(keep: keep - piece.count, drop: drop)
                } else {
                    place = piece.count == drop ? .header : .cut(keep: 0, drop: drop - piece.count)
                }
            }
        }
    }

    /// The header is whole: decides what becomes of its message.
    private mutating func begin(_ passed: inout [UInt8]) throws(AnswerRefusal) {
        let length = header.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4 else { throw .noMessage }
        let body = length - 4
        let kind = Character(UnicodeScalar(header[0]))
        switch kind {
        case "E", "N":
            if body > Self.largestNotice {
                let kept = Self.keptOfNotice
                passed += [header[0]] + Self.bytes(of: kept + 4)
                header = []
                place = .cut(keep: kept - 2, drop: body - (kept - 2))
                return
            }
        case "d": guard body <= Self.largestRow else { throw .tooLarge(body, Self.largestRow) }
        case "D", "T":
            answer += length
            guard answer <= Self.largestAnswer else { throw .tooLarge(answer, Self.largestAnswer) }
        case "S", "A":
            state += length
            guard state <= Self.largestState else { throw .tooLarge(state, Self.largestState) }
        case "Z": answer = 0
        default: break
        }
        guard body <= Self.largestMessage || kind == "d" else { throw .tooLarge(body, Self.largestMessage) }
        passed += header
        header = []
        place = body == 0 ? .header : .body(body)
    }

    private static func bytes(of length: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
    }
}

/// Why a connection to a server is ended.
enum AnswerRefusal: Error, Equatable, CustomStringConvertible {
    /// Bytes of an answer, and how many are taken at most.
    case tooLarge(Int, Int)
    case noMessage

    var description: String {
        switch self {
        case .tooLarge(let count, let limit):
            "it began an answer of \(count) bytes, of which at most \(limit) are taken"
        case .noMessage: "what it sent is no message of PostgreSQL"
        }
    }
}
