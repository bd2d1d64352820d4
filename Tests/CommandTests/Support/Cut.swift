import Foundation
import SystemPackage

/// A place at which a file ends too early.
enum Cut: Sendable {
    /// After so many bytes.
    case at(Int)
    /// After so many hundredths of it.
    case percent(Int)
    /// So many bytes before its end.
    case beforeEnd(Int)
    /// After the first occurrence of these words.
    case after(String)
    /// After the last occurrence.
    case afterLast(String)

    struct Nothing: Error, CustomStringConvertible { let description: String }

    /// - Throws: ``Nothing`` when the place is not within the file: nothing would be cut off.
    func make(in file: FilePath) throws {
        let bytes = try Data(contentsOf: URL(filePath: file.string))
        let end: Int? =
            switch self {
            case .at(let count): count
            case .percent(let part): bytes.count * part / 100
            case .beforeEnd(let count): bytes.count - count
            case .after(let words): bytes.range(of: Data(words.utf8))?.upperBound
            case .afterLast(let words): bytes.range(of: Data(words.utf8), options: .backwards)?.upperBound
            }
        guard let end, 0..<bytes.count ~= end else {
            throw Nothing(description: "\(file) has \(bytes.count) bytes and cannot be cut \(self)")
        }
        try bytes.prefix(end).write(to: URL(filePath: file.string))
    }
}
