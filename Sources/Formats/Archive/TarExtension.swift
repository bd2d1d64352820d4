/// What a member of a tar file says about the one after it: a name or a size that does not fit into its header (POSIX.1-2001
/// "pax" records, and the long names of GNU tar).
struct TarExtension {
    /// Type flags: a record of POSIX for the next member and for all, a long name of GNU, a long target of a link.
    static let flags: Set<UInt8> = [UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K")]
    /// Bytes of one that are read. Names have 4096 bytes at most (`PATH_MAX`).
    static let longest = 64 << 10

    private var name: String?
    private var size: Int64?

    mutating func add(_ bytes: [UInt8], _ flag: UInt8) {
        switch flag {
        case UInt8(ascii: "L"): name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "x"): addRecords(bytes[...])
        // What holds for all members is never a name or a size; the target of a link is not used.
        default: break
        }
    }

    /// Records such as `30 path=a/long/name\n`, of which the number is the length of the whole record. What is no record ends
    /// them.
    private mutating func addRecords(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while let space = rest.firstIndex(of: UInt8(ascii: " ")),
            let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
            length > space - rest.startIndex + 1, length <= rest.count
        {
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            rest = rest[(rest.startIndex + length)...]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return }
            let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path": name = value
            case "size": size = Int64(value).flatMap { 0...(Int64.max / 2) ~= $0 ? $0 : nil }
            default: break
            }
        }
    }

    func applied(to header: TarHeader) -> TarHeader {
        TarHeader(name: name ?? header.name, size: size ?? header.size, kind: header.kind)
    }
}
