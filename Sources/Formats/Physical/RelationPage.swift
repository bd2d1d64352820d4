/// A page of a relation (`bufpage.h`), while its bytes are at hand. Numbers are in the byte order of x86 and ARM.
struct RelationPage {
    private let bytes: UnsafeRawBufferPointer

    /// - Parameter bytes: `RelationSegments.pageSize` of them.
    init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == RelationSegments.pageSize)
        self.bytes = bytes
    }

    /// - Parameter offset: in bytes, with the whole number within the page.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// `PageIsNew`: `pd_upper` is 0. Nothing was ever written to it, or zeros were.
    var isNew: Bool { number(at: 14, as: UInt16.self) == 0 }

    /// `pd_special`: where the part begins that is of the access method.
    var special: Int { Int(number(at: 16, as: UInt16.self)) }

    /// `PageGetMaxOffsetNumber`: line pointers between the header of 24 bytes and `pd_lower`.
    var lineCount: Int {
        let lower = Int(number(at: 12, as: UInt16.self))
        return (24...RelationSegments.pageSize).contains(lower) ? (lower - 24) / 4 : 0
    }

    /// `ItemIdData`.
    struct Line {
        fileprivate let bits: UInt32

        var isUsed: Bool { (bits >> 15) & 3 != 0 }
        var isNormal: Bool { (bits >> 15) & 3 == 1 }
        var offset: Int { Int(bits & 0x7FFF) }
        var length: Int { Int(bits >> 17) }
    }

    /// - Parameter number: from 1 to ``lineCount``.
    func line(_ number: Int) -> Line { Line(bits: self.number(at: 24 + 4 * (number - 1))) }

    /// The normal items of at least a size that lie within the page.
    /// - Parameter first: the number of the first that is wanted.
    /// - Parameter body: gets the offset and the length of each.
    func items(from first: Int = 1, least: Int = 8, _ body: (Int, Int) -> Void) {
        for number in stride(from: first, through: lineCount, by: 1) {
            let line = line(number)
            // What is marked as dead may lead to a place that is free by now.
            guard line.isNormal, line.length >= least, line.offset + line.length <= special else { continue }
            body(line.offset, line.length)
        }
    }

    /// `BlockIdData`: two halves, the higher first.
    func block(at offset: Int) -> Int {
        Int(number(at: offset, as: UInt16.self)) << 16 | Int(number(at: offset + 2, as: UInt16.self))
    }
}
