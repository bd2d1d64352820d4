#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How the names and definitions in a dump are encoded: what its `client_encoding` says.
struct TextEncoding: Sendable, Equatable {
    /// PostgreSQL's name of it, such as `UTF8`, `LATIN1`, `SQL_ASCII`.
    let name: String
    /// iconv's name of it; nil where no conversion is needed or known.
    private let converter: String?
    private let doubleBytes: DoubleBytes

    static let utf8 = TextEncoding("UTF8")

    init(_ name: String) {
        self.name = name
        converter = Self.converters[name.uppercased().filter { $0.isLetter || $0.isNumber }]
        doubleBytes = Self.doubleBytes(converter)
    }

    /// Reads bytes as text.
    ///
    /// Text that cannot be converted is read as UTF-8, with U+FFFD for bytes that do not fit: a name with one wrong
    /// character is more useful than no name.
    func decode(_ bytes: some Collection<UInt8>) -> String {
        guard let converter, bytes.contains(where: { $0 >= 0x80 }),
            let converted = Self.convert(Array(bytes), from: converter)
        else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: converted, as: UTF8.self)
    }

    /// Whether `byte` is the first half of a character whose second half may look like ASCII, above all like a
    /// backslash.
    ///
    /// True only for encodings that PostgreSQL knows as client encodings and not as server encodings (`pg_wchar.h`). In
    /// a server encoding, every byte of a character of several bytes has its high bit set.
    func isLeadByte(_ byte: UInt8) -> Bool {
        switch doubleBytes {
        case .none: false
        case .high: byte >= 0x80
        case .shiftJIS: byte >= 0x80 && !(0xA1...0xDF).contains(byte)
        }
    }

    var isUTF8: Bool {
        name.uppercased().filter { $0.isLetter || $0.isNumber } == "UTF8" || name.uppercased() == "UNICODE"
    }

    /// Whether each byte is a character.
    var isSingleByte: Bool {
        guard let converter else { return false }
        return ["ISO-8859", "CP125", "CP866", "CP874", "KOI8"].contains { converter.hasPrefix($0) }
    }

    /// Whether there is a conversion to UTF-8.
    var isKnown: Bool {
        guard let converter, let descriptor = iconv_open("UTF-8", converter), Int(bitPattern: descriptor) != -1 else {
            return false
        }
        iconv_close(descriptor)
        return true
    }

    /// Whether ``isLeadByte(_:)`` is true of any byte.
    var hasPairs: Bool { doubleBytes != .none }

    /// Which bytes start a pair whose second half may look like ASCII.
    private enum DoubleBytes {
        case none
        case high
        /// All bytes with the high bit set, except the half-width katakana.
        case shiftJIS
    }

    private static func doubleBytes(_ converter: String?) -> DoubleBytes {
        switch converter {
        case "CP932", "SHIFT_JISX0213": .shiftJIS
        case "BIG5", "CP950", "GBK", "UHC", "GB18030", "JOHAB": .high
        default: .none
        }
    }

    private static func convert(_ bytes: [UInt8], from encoding: String) -> [UInt8]? {
        guard let descriptor = iconv_open("UTF-8", encoding), Int(bitPattern: descriptor) != -1 else { return nil }
        defer { iconv_close(descriptor) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // In every encoding of PostgreSQL, one byte becomes at most four bytes of UTF-8.
        var output = [CChar](repeating: 0, count: bytes.count * 4)
        let left: Int? = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                var source = input.baseAddress
                var sourceLeft = input.count
                var destination = output.baseAddress
                var destinationLeft = output.count
                let status = iconv(descriptor, &source, &sourceLeft, &destination, &destinationLeft)
                return status == -1 ? nil : destinationLeft
            }
        }
        return left.map { output.prefix(output.count - $0).map { UInt8(bitPattern: $0) } }
    }

    /// Maps PostgreSQL's names without punctuation (`pg_char_to_encoding`'s aliases included) to iconv's names. UTF8
    /// and SQL_ASCII are missing on purpose: UTF8 needs no conversion, and SQL_ASCII does not say what its bytes mean.
    private static let converters: [String: String] = [
        "LATIN1": "ISO-8859-1", "ISO88591": "ISO-8859-1", "LATIN2": "ISO-8859-2", "ISO88592": "ISO-8859-2",
        "LATIN3": "ISO-8859-3", "ISO88593": "ISO-8859-3", "LATIN4": "ISO-8859-4", "ISO88594": "ISO-8859-4",
        "LATIN5": "ISO-8859-9", "ISO88599": "ISO-8859-9", "LATIN6": "ISO-8859-10", "ISO885910": "ISO-8859-10",
        "LATIN7": "ISO-8859-13", "ISO885913": "ISO-8859-13", "LATIN8": "ISO-8859-14", "ISO885914": "ISO-8859-14",
        "LATIN9": "ISO-8859-15", "ISO885915": "ISO-8859-15", "LATIN10": "ISO-8859-16", "ISO885916": "ISO-8859-16",
        "ISO88595": "ISO-8859-5", "ISO88596": "ISO-8859-6", "ISO88597": "ISO-8859-7", "ISO88598": "ISO-8859-8",
        "WIN1250": "CP1250", "WINDOWS1250": "CP1250", "WIN1251": "CP1251", "WINDOWS1251": "CP1251", "WIN": "CP1251",
        "WIN1252": "CP1252", "WINDOWS1252": "CP1252", "WIN1253": "CP1253", "WINDOWS1253": "CP1253",
        "WIN1254": "CP1254", "WINDOWS1254": "CP1254", "WIN1255": "CP1255", "WINDOWS1255": "CP1255",
        "WIN1256": "CP1256", "WINDOWS1256": "CP1256", "WIN1257": "CP1257", "WINDOWS1257": "CP1257",
        "WIN1258": "CP1258", "WINDOWS1258": "CP1258", "ABC": "CP1258", "TCVN": "CP1258", "TCVN5712": "CP1258",
        "VSCII": "CP1258", "WIN866": "CP866", "WINDOWS866": "CP866", "ALT": "CP866", "WIN874": "CP874",
        "WINDOWS874": "CP874", "KOI8": "KOI8-R", "KOI8R": "KOI8-R", "KOI8U": "KOI8-U", "EUCJP": "EUC-JP",
        "EUCJIS2004": "EUC-JISX0213", "EUCCN": "EUC-CN", "EUCKR": "EUC-KR", "EUCTW": "EUC-TW", "SJIS": "CP932",
        "SHIFTJIS": "CP932", "MSKANJI": "CP932", "WIN932": "CP932", "WINDOWS932": "CP932",
        "SHIFTJIS2004": "SHIFT_JISX0213", "BIG5": "BIG5", "WIN950": "CP950", "WINDOWS950": "CP950", "GBK": "GBK",
        "WIN936": "GBK", "WINDOWS936": "GBK", "UHC": "UHC", "WIN949": "UHC", "WINDOWS949": "UHC",
        "GB18030": "GB18030", "JOHAB": "JOHAB",
    ]
}
