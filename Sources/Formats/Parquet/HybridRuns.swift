/// Small numbers as Parquet writes levels and indices: runs of one number, and groups of eight numbers in as few bits as
/// hold the largest (Encodings.md of Apache Parquet, "Run Length Encoding / Bit-Packing Hybrid").
enum HybridRuns {
    /// How many bits numbers up to `maximum` take.
    static func width(of maximum: Int) -> Int { Int.bitWidth - maximum.leadingZeroBitCount }

    /// - Parameter width: bits of each number, 0 to 32.
    static func append<Number: UnsignedInteger & FixedWidthInteger>(
        _ numbers: [Number], width: Int, to bytes: inout [UInt8]
    ) {
        numbers.withUnsafeBufferPointer { numbers in
            var next = 0
            while next < numbers.count {
                let run = run(in: numbers, at: next, atMost: numbers.count)
                if run >= 8 {
                    Varint.append(UInt64(run) << 1, to: &bytes)
                    for byte in 0..<(width + 7) / 8 {
                        bytes.append(UInt8(truncatingIfNeeded: numbers[next] >> (8 * byte)))
                    }
                    next += run
                } else {
                    var end = next
                    repeat {
                        end = min(end + 8, numbers.count)
                    } while end < numbers.count
                        && Self.run(in: numbers, at: end, atMost: 8) < 8
                    Varint.append(UInt64((end - next + 7) / 8) << 1 | 1, to: &bytes)
                    pack(UnsafeBufferPointer(rebasing: numbers[next..<end]), width, to: &bytes)
                    next = end
                }
            }
        }
    }

    private static func run<Number: Equatable>(
        in numbers: UnsafeBufferPointer<Number>, at start: Int, atMost limit: Int
    ) -> Int {
        let end = min(numbers.count, start + limit)
        var next = start + 1
        while next < end, numbers[next] == numbers[start] { next += 1 }
        return next - start
    }

    private static func pack<Number: UnsignedInteger & FixedWidthInteger>(
        _ numbers: UnsafeBufferPointer<Number>, _ width: Int, to bytes: inout [UInt8]
    ) {
        var (bits, held): (UInt64, Int) = (0, 0)
        for index in 0..<(numbers.count + 7) / 8 * 8 {
            if index < numbers.count { bits |= UInt64(numbers[index]) << held }
            held += width
            while held >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                held -= 8
            }
        }
    }

    /// Reads numbers that take all of the bytes.
    /// - Parameters:
    ///   - count: how many there are; memory is taken for so many.
    ///   - maximum: no number is larger.
    /// - Returns: nil if the bytes are not such numbers.
    static func read<Number: UnsignedInteger & FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, width: Int, count: Int, maximum: Number
    ) -> [Number]? {
        var isGood = true
        let numbers = [Number](unsafeUninitializedCapacity: count) { target, filled in
            var next = 0
            while filled < count {
                guard let header = Varint.read(bytes, &next), header >> 1 > 0 else { break }
                if header & 1 == 0 {
                    let size = (width + 7) / 8
                    guard header >> 1 <= UInt64(count - filled), bytes.count - next >= size else { break }
                    var number: UInt64 = 0
                    for byte in 0..<size { number |= UInt64(bytes[next + byte]) << (8 * byte) }
                    next += size
                    guard number <= UInt64(maximum) else { break }
                    let run = Int(header >> 1)
                    (target.baseAddress! + filled).initialize(repeating: Number(number), count: run)
                    filled += run
                } else {
                    // The last group may be longer than what is left, by less than a group.
                    guard header >> 1 <= UInt64((count - filled + 7) / 8) else { break }
                    let size = Int(header >> 1) * width
                    guard bytes.count - next >= size else { break }
                    let group = UnsafeRawBufferPointer(rebasing: bytes[next..<next + size])
                    guard unpack(group, width, Int(header >> 1) * 8, maximum, target, &filled, count) else { break }
                    next += size
                }
            }
            isGood = filled == count && next == bytes.count
        }
        return isGood ? numbers : nil
    }

    private static func unpack<Number: UnsignedInteger & FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ width: Int, _ numbers: Int, _ maximum: Number,
        _ target: UnsafeMutableBufferPointer<Number>, _ filled: inout Int, _ count: Int
    ) -> Bool {
        var (bits, held, next): (UInt64, Int, Int) = (0, 0, 0)
        let mask: UInt64 = 1 << UInt64(width) - 1
        for _ in 0..<numbers {
            while held < width {
                bits |= UInt64(bytes[next]) << held
                next += 1
                held += 8
            }
            let number = bits & mask
            bits >>= UInt64(width)
            held -= width
            if filled == count {
                guard number == 0 else { return false }
                continue
            }
            guard number <= UInt64(maximum) else { return false }
            (target.baseAddress! + filled).initialize(to: Number(number))
            filled += 1
        }
        return true
    }
}
