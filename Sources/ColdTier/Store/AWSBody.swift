/// Takes an object out of what `aws s3api get-object … /dev/stdout --output text --query ContentLength` prints: the object,
/// and behind it its length in digits and a newline.
///
/// There is no other way to stream: `aws s3 cp … -` begins again when the connection breaks, and prints what it had
/// printed already once more.
struct AWSBody {
    /// Bytes of the object that were handed on.
    private(set) var delivered: Int64 = 0
    /// The last bytes, which may be the length: 19 digits and a newline at most.
    private var held: [UInt8] = []
    private static let longest = 20

    /// Hands on all but the last bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        // Of what is held back, all goes on that so many new bytes push out.
        try hand(on: max(0, min(held.count, held.count + bytes.count - Self.longest)), body)
        let direct = max(0, bytes.count - Self.longest)
        if direct > 0 {
            delivered += Int64(direct)
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<direct]))
        }
        held += bytes[direct...]
    }

    /// Hands on what is left of the object.
    /// - Returns: false where the length is missing or is not that of the object: it did not come whole.
    mutating func finish(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        let total = delivered + Int64(held.count)
        // More digits stand for a longer object, and leave less of what came: one number of them fits at most.
        for digits in 1..<Self.longest {
            let ending = Array("\(total - Int64(digits) - 1)\n".utf8)
            guard ending.count == digits + 1, held.count >= ending.count, held.suffix(ending.count) == ending[...]
            else {
                continue
            }
            try hand(on: held.count - ending.count, body)
            return true
        }
        return false
    }

    /// Where the connection broke there is no length: all that came is the object's.
    mutating func breakOff(_ body: (UnsafeRawBufferPointer) throws -> Void) throws { try hand(on: held.count, body) }

    private mutating func hand(on count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard count > 0 else { return }
        delivered += Int64(count)
        try held[..<count].withUnsafeBytes(body)
        held.removeFirst(count)
    }
}
