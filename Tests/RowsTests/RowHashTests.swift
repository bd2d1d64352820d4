import Rows
import Testing

@Suite struct RowHashTests {
    @Test("A row in pieces has the hash of the whole")
    func pieces() {
        let row = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let hash = RowHash()
        for size in [1, 7, 240, 241, 4999, 5000] {
            hash.reset()
            for start in stride(from: 0, to: row.count, by: size) {
                row[start..<min(row.count, start + size)].withUnsafeBytes { hash.add($0) }
            }
            var (one, other) = (TableDigest(), TableDigest())
            one.add(row: hash.value)
            row.withUnsafeBytes { other.add(row: $0) }
            #expect(one == other)
        }
        hash.reset()
        var (one, other) = (TableDigest(), TableDigest())
        one.add(row: hash.value)
        [UInt8]().withUnsafeBytes { other.add(row: $0) }
        #expect(one == other)
    }
}
