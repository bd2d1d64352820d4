/// A compression that `pg_dump` or the usual command line tools write.
package enum CompressionAlgorithm: String, Codable, Sendable, CaseIterable {
    case none
    /// RFC 1952: what `gzip` and `pg_dump -Z gzip` write to files.
    case gzip
    /// The LZ4 frame format; not the older "legacy" frames of `lz4 -l`.
    case lz4
    /// RFC 8878.
    case zstd
    /// Only around a dump: pg_dump does not write it.
    case bzip2
    /// Only around a dump, too.
    case xz

    /// How many bytes of a stream it takes to recognise it.
    package static let magicSize = 6

    /// Recognises a stream by its magic bytes.
    ///
    /// - Parameter prefix: the first bytes of the stream; ``magicSize`` are enough. The result is `none` where they carry
    ///   no magic.
    package init(recognising prefix: [UInt8]) {
        let found = [CompressionAlgorithm.gzip, .lz4, .zstd, .bzip2, .xz].first { algorithm in
            algorithm.magic(fits: prefix) == .fits
        }
        self = found ?? .none
    }

    /// What is appended to a file's name, such as `.gz`; empty for `none`.
    package var fileSuffix: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .lz4: ".lz4"
        case .zstd: ".zst"
        case .bzip2: ".bz2"
        case .xz: ".xz"
        }
    }
}

extension [CompressionAlgorithm] {
    /// Layers of compression, the outermost first, in words: `gzip in xz`; `none` if there are none.
    package var words: String { isEmpty ? "none" : reversed().map(\.rawValue).joined(separator: " in ") }
}

/// Whether bytes can be the start of a member.
enum MagicFit {
    case fits
    /// The bytes agree with the magic, but are too few to decide.
    case needsMore
    case differs
}

extension CompressionAlgorithm {
    /// Compares the start of a member (one gzip member, one zstd or lz4 frame) with the magic it must carry.
    ///
    /// zstd and lz4 share the skippable frames `5x 2A 4D 18`, which a decoder skips. They count as a magic of zstd at
    /// any place, because a zstd stream may begin with one (`pzstd` writes them), and as a magic of lz4 only after its
    /// first frame.
    func magic(fits start: [UInt8], first: Bool = true) -> MagicFit {
        switch self {
        case .none: .differs
        case .gzip: Self.compare(start, [0x1F, 0x8B, 0x08])
        case .zstd: Self.either(Self.compare(start, [0x28, 0xB5, 0x2F, 0xFD]), Self.skippable(start))
        case .bzip2: Self.compare(start, Array("BZh".utf8))
        case .xz: Self.compare(start, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])
        case .lz4:
            first
                ? Self.compare(start, [0x04, 0x22, 0x4D, 0x18])
                : Self.either(Self.compare(start, [0x04, 0x22, 0x4D, 0x18]), Self.skippable(start))
        }
    }

    private static func compare(_ start: [UInt8], _ magic: [UInt8]) -> MagicFit {
        let common = min(start.count, magic.count)
        guard start.prefix(common) == magic.prefix(common) else { return .differs }
        return common == magic.count ? .fits : .needsMore
    }

    private static func skippable(_ start: [UInt8]) -> MagicFit {
        guard let first = start.first else { return .needsMore }
        return first & 0xF0 == 0x50 ? compare([0x50] + start.dropFirst(), [0x50, 0x2A, 0x4D, 0x18]) : .differs
    }

    private static func either(_ one: MagicFit, _ other: MagicFit) -> MagicFit {
        one == .fits || other == .fits ? .fits : one == .needsMore || other == .needsMore ? .needsMore : .differs
    }
}
