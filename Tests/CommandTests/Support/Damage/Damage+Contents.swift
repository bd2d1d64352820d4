import Foundation

extension Damage {
    private static let isCustom: @Sendable (DamageForm) -> Bool = { $0.format == .custom }
    /// It has a table of contents in a file that begins with it.
    private static let isListed: @Sendable (DamageForm) -> Bool = { [.custom, .directory].contains($0.format) }

    /// As pg_dump writes them.
    private static let hasNoChecksum: @Sendable (DamageForm) -> Bool = { ["lz4", "zstd"].contains($0.compression) }

    /// Changed bytes of an archive's structure.
    static let ofContents = [
        Damage("the table of contents counts one entry less", in: isListed, .bad(""), .silent) { dump in
            let count = try dump.count()
            try dump.edit(dump.main) { $0[count + 1] -= 1 }
        },
        Damage("the entry of a table's rows says that it has none", in: isListed, .bad("crops"), .silent) { dump in
            try dump.flip(dump.main, at: try dump.hasData("crops"))
        },
        Damage("the type of a block is changed", in: isCustom, .bad("block"), .error) { dump in
            try dump.edit(dump.main) { $0[try dump.block(of: "crops")] = 7 }
        },
        Damage("the number of a block is changed", in: isCustom, .bad("should be at byte"), .error) { dump in
            try dump.flip(dump.main, at: try dump.block(of: "crops") + 2)
        },
        Damage("the length of a piece of rows is changed", in: isCustom, .bad(""), .error) { dump in
            try dump.flip(dump.main, at: try dump.block(of: "crops") + 7)
        },
        Damage(
            "a bit of compressed rows is changed", in: { isListed($0) && $0.compression == "gzip" }, .bad(""), .error,
            change: { dump in
                let file = try dump.rows(of: "crops")
                try dump.flip(file, at: dump.form.format == .custom ? try dump.block(of: "crops") + 9000 : 9000)
            }),
        Damage(
            "a bit of compressed rows is changed, and they still decode",
            in: { isListed($0) && hasNoChecksum($0) }, .unseen("changed; in id "), .silent,
            change: { dump in
                let file = try dump.rows(of: "crops")
                try dump.flipUnseen(
                    file, from: dump.form.format == .custom ? try dump.block(of: "crops") + 9000 : 9000)
            }),
        Damage(
            "a bit of compressed rows is changed, and they do not decode",
            in: { $0.format == .directory && hasNoChecksum($0) }, .bad(""), .error,
            change: { dump in
                try dump.flip(dump.rows(of: "crops"), at: 0)
            }),
    ]
}
