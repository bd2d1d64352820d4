import Bytes
import Crypto
import Foundation
import Rows
import SystemPackage

/// The keys of a list, for comparison with the values of a column.
///
/// A list has one key a line; blank lines do not count, and a line may end as Windows ends it. A key is as COPY's text format
/// writes it: as psql shows it, with `\\` for a backslash, `\t` for a tab and `\n` for a line end; times in UTC. In a list of
/// salted hashes, a line is the SHA-256 of the salt's bytes and the key's, in hex, where nothing in the key is escaped.
///
/// No key is kept: only a hash of 128 bits, with the number of its line.
struct ErasedKeys: Sendable {
    private let lines: [RowHash.Value: Int]
    /// Nil for plain keys.
    private let salt: [UInt8]?
    /// Values of `character(n)` are padded to their length.
    private let isPadded: Bool

    /// How many different keys the list has.
    var count: Int { lines.count }

    /// In bytes. A shorter one can be found out by whoever knows one key.
    static let shortestSalt = 16
    private static let longestSalt = 1024

    /// - Parameter type: of the column, as `format_type` spells it; of a domain, its base type. Nil if it is not known yet.
    init(_ list: ErasedKeyList, ofType type: String?) throws(ErasureFileError) {
        isPadded = type == "character"
        let salt: [UInt8]?
        if let file = list.salt {
            let bytes = Self.line(try ErasureFileError.read(file, limit: Self.longestSalt)[...], endsWith: true)
            guard bytes.count >= Self.shortestSalt else { throw .salt(file, bytes.count) }
            salt = Array(bytes)
        } else {
            salt = nil
        }
        let bytes = try ErasureFileError.read(list.file)
        var lines: [RowHash.Value: Int] = [:]
        // Not split into an array, which would take more memory than the list.
        var (start, number) = (bytes.startIndex, 0)
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            let line = Self.line(bytes[start..<end])
            number += 1
            start = end + 1
            if line.isEmpty { continue }
            let key: RowHash.Value
            do throws(NoKey) {
                key = try salt == nil ? Self.plain(line, type, isPadded: isPadded) : Self.hash(line)
            } catch {
                throw .line(list.file, number, error.reason)
            }
            if lines[key] == nil { lines[key] = number }
        }
        guard !lines.isEmpty else { throw .noKeys(list.file) }
        self.lines = lines
        self.salt = salt
    }

    /// The first line of the list that has this value; nil if none has.
    /// - Parameter field: the value as COPY writes it.
    func line(of field: UnsafeRawBufferPointer) -> Int? {
        let field = isPadded ? field.withoutPadding : field
        guard let salt else { return lines[RowHash.Value(of: field)] }
        guard let value = CopyText.unescape(field) else { return nil }
        var hash = SHA256()
        salt.withUnsafeBytes { hash.update(bufferPointer: $0) }
        value.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { lines[RowHash.Value(of: $0)] }
    }

    // MARK: A line of a list

    private struct NoKey: Error { let reason: String }

    /// Without what ends a line on Windows.
    /// - Parameter endsWith: whether the bytes may have the line end itself.
    private static func line(_ bytes: ArraySlice<UInt8>, endsWith newline: Bool = false) -> ArraySlice<UInt8> {
        let line = newline && bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    private static func plain(
        _ line: ArraySlice<UInt8>, _ type: String?, isPadded: Bool
    ) throws(NoKey) -> RowHash.Value {
        guard !line.contains(UInt8(ascii: "\t")) else {
            throw NoKey(reason: "has several values: a list is of one column")
        }
        guard let value = line.withUnsafeBytes(CopyText.unescape), let text = String(validating: value, as: UTF8.self)
        else { throw NoKey(reason: "is no key: it is NULL, or no text in UTF-8") }
        do {
            let canonical = try CanonicalValue.bytes(of: text, type: type ?? "text")
            return canonical.withUnsafeBytes { RowHash.Value(of: isPadded ? $0.withoutPadding : $0) }
        } catch {
            throw NoKey(reason: "is no \(type ?? "key"): it must be \(error.expected)")
        }
    }

    private static func hash(_ line: ArraySlice<UInt8>) throws(NoKey) -> RowHash.Value {
        let noHash = NoKey(reason: "is no SHA-256: it has 64 hex digits")
        guard line.count == 64 else { throw noHash }
        var hash: [UInt8] = []
        var index = line.startIndex
        while index < line.endIndex {
            guard let high = ASCII.hexDigit(line[index]), let low = ASCII.hexDigit(line[index + 1]) else {
                throw noHash
            }
            hash.append(high << 4 | low)
            index += 2
        }
        return hash.withUnsafeBytes { RowHash.Value(of: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// Blanks at the end of a `character(n)` mean nothing.
    fileprivate var withoutPadding: UnsafeRawBufferPointer {
        var end = count
        while end > 0, self[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[..<end])
    }
}
