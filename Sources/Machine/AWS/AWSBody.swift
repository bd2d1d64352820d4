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

    /// Takes the next bytes.
    /// - Returns: all that is certainly the object's; empty where that is nothing yet.
    mutating func add(_ bytes: [UInt8]) -> [UInt8] {
        held += bytes
        return release(max(0, held.count - Self.longest))
    }

    /// Takes the length off.
    /// - Returns: what is left of the object; nil where the length is missing or is not the object's: it did not come whole.
    mutating func finish() -> [UInt8]? {
        let total = delivered + Int64(held.count)
        // More digits stand for a longer object, and leave less of what came: one number of them fits at most.
        for digits in 1..<Self.longest {
            let ending = Array("\(total - Int64(digits) - 1)\n".utf8)
            guard ending.count == digits + 1, held.count >= ending.count, held.suffix(ending.count) == ending[...]
            else {
                continue
            }
            return release(held.count - ending.count)
        }
        return nil
    }

    /// Where the connection broke there is no length: all that came is the object's.
    mutating func breakOff() -> [UInt8] { release(held.count) }

    private mutating func release(_ count: Int) -> [UInt8] {
        let released = Array(held[..<count])
        held.removeFirst(count)
        delivered += Int64(count)
        return released
    }
}
