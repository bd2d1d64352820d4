import Bytes

/// Booleans as text: `t` and `f` in canonical rows, `true` and `false` in files.
enum BooleanText {
    /// Converts a boolean of a canonical row to the text in a file.
    @inline(__always)
    static func write(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        switch input.byte(before: end) {
        case UInt8(ascii: "t"): output.put("true")
        case UInt8(ascii: "f"): output.put("false")
        default: throw .boolean
        }
        input += 1
        guard input == end || input.load(as: UInt8.self) == ASCII.tab else { throw .boolean }
    }

    /// Converts the text in a file to a boolean of a canonical row.
    @inline(__always)
    static func read(
        _ input: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        if input.take("true", before: end) {
            output.put(UInt8(ascii: "t"))
        } else if input.take("false", before: end) {
            output.put(UInt8(ascii: "f"))
        } else {
            throw .boolean
        }
    }
}
