/// What `aws s3 cp --recursive` says of its work.
package enum S3CopySign: Sendable, Equatable {
    /// An object has arrived, by its key.
    case object(String)
    /// About this many bytes have arrived, of all objects.
    case bytes(Int64)
}

/// Reads what `aws s3 cp --recursive` prints. It is for display only: what arrived is found out from the files.
///
///     Completed 1.5 MiB/3.0 MiB (1.2 MiB/s) with 3 file(s) remaining\r
///     download: s3://bucket/base/b/1.dat to base/b/1.dat\n
struct S3CopySigns {
    private let bucket: String
    private var line: [UInt8] = []
    /// Of a key and a path, which have at most 1,024 and 4,096 bytes.
    private static let longestLine = 16 << 10

    init(bucket: String) {
        self.bucket = bucket
    }

    mutating func add(_ bytes: [UInt8]) -> [S3CopySign] {
        var signs: [S3CopySign] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                if line.count < Self.longestLine { line.append(byte) }
                continue
            }
            if let sign = sign(in: String(decoding: line, as: UTF8.self)) { signs.append(sign) }
            line.removeAll(keepingCapacity: true)
        }
        return signs
    }

    private func sign(in line: String) -> S3CopySign? {
        let beginning = "download: s3://\(bucket)/"
        if line.hasPrefix(beginning) {
            let words = line.dropFirst(beginning.count)
            return .object(String(words[..<(words.firstRange(of: " to ")?.lowerBound ?? words.endIndex)]))
        }
        guard let match = line.prefixMatch(of: /Completed ([0-9]+(?:\.[0-9]+)?) (Bytes|KiB|MiB|GiB|TiB)\//),
            let number = Double(match.1), let unit = ["Bytes", "KiB", "MiB", "GiB", "TiB"].firstIndex(of: match.2)
        else { return nil }
        return .bytes(Int64(number * Double(Int64(1) << (10 * unit))))
    }
}
