import Foundation

extension Damage {
    private static let isCustom: @Sendable (DamageForm) -> Bool = { $0.format == .custom }
    private static let isDirectory: @Sendable (DamageForm) -> Bool = { $0.format == .directory }
    private static let isTar: @Sendable (DamageForm) -> Bool = { $0.format == .tar }
    private static let isScript: @Sendable (DamageForm) -> Bool = { $0.format == .plain && $0.isReadable }

    /// Files that are not whole, or not those of the dump.
    static let ofFiles = [
        Damage("an archive ends in the middle of its rows", in: isCustom, .bad("cut off"), .error) { dump in
            let block = try dump.block(of: "crops")
            try dump.cut(dump.main) { _ in block + 5000 }
        },
        Damage("an archive lacks its last block", in: isCustom, .bad("is not in the file"), .error) { dump in
            let last = try dump.lastBlock()
            try dump.cut(dump.main) { _ in last }
        },
        Damage("words follow the end of an archive", in: isCustom, .bad("the file goes on"), .silent) { dump in
            try dump.edit(dump.main) { $0 += Data("and more".utf8) }
        },
        Damage("a tar file ends in the middle of its rows", in: isTar, .bad("cut off"), .hangs) { dump in
            let member = try dump.member { $0.hasSuffix(".dat") }
            try dump.cut(dump.main) { _ in member.start + 512 + member.size / 2 }
        },
        Damage("the header of a member of a tar file has a changed byte", in: isTar, .bad("header"), .error) { dump in
            try dump.flip(dump.main, at: try dump.member { $0.hasSuffix(".dat") }.start + 130)
        },
        Damage("a script ends at the end of a row", in: isScript, .bad("cut off"), .silent) { dump in
            try dump.cut(dump.main) { $0.range(of: Data("\n2018\tcrop".utf8))!.lowerBound + 1 }
        },
        Damage("a script ends before its constraints", in: isScript, .bad("cut off"), .silent) { dump in
            try dump.cut(dump.main) { $0.range(of: Data("\nALTER TABLE ONLY".utf8))!.lowerBound + 1 }
        },
        Damage(
            "a compressed script ends in the middle", in: { $0.format == .plain && $0.compression == "gzip" },
            .bad("cut off"), .silent,
            change: { dump in
                try dump.cut(dump.main) { $0.count / 2 }
            }),
        Damage("a file of rows is missing", in: isDirectory, .bad("missing"), .error) { dump in
            try FileManager.default.removeItem(atPath: dump.rows(of: "crops").string)
        },
        Damage("a file of rows is empty", in: isDirectory, .bad("empty"), .silent) { dump in
            try dump.cut(dump.rows(of: "crops")) { _ in 0 }
        },
        Damage(
            "a file of rows ends in the middle", in: isDirectory, .bad("cut off"), .errorIf { $0.compression == "gzip" }
        ) { dump in
            try dump.cut(dump.rows(of: "crops")) { $0.count / 2 }
        },
        Damage(
            "a file of rows ends at the end of a row", in: { isDirectory($0) && $0.isReadable }, .bad("cut off"),
            .silent,
            change: { dump in
                try dump.cut(dump.rows(of: "crops")) { $0.range(of: Data("\n2018\tcrop".utf8))!.lowerBound + 1 }
            }),
        Damage(
            "words follow the end of a compressed file of rows", in: { isDirectory($0) && !$0.isReadable },
            .bad("follow"), .errorIf { $0.compression != "gzip" },
            change: { dump in
                try dump.edit(dump.rows(of: "crops")) { $0 += Data("and more".utf8) }
            }),
        Damage("two files of rows have changed places", in: isDirectory, .bad("column"), .silent) { dump in
            let (one, other) = (try dump.rows(of: "crops").string, try dump.rows(of: "harvests").string)
            let files = FileManager.default
            try files.moveItem(atPath: one, toPath: one + ".moved")
            try files.moveItem(atPath: other, toPath: one)
            try files.moveItem(atPath: one + ".moved", toPath: other)
        },
        Damage("the file of a large object is missing", in: isDirectory, .bad("missing"), .error) { dump in
            let name = "blob_4711.dat" + dump.form.suffix
            try FileManager.default.removeItem(atPath: dump.path.appending(name).string)
        },
        Damage("the list of large objects is empty", in: isDirectory, .bad("4711"), .silent) { dump in
            let names = try FileManager.default.contentsOfDirectory(atPath: dump.path.string)
            for name in names where name.hasPrefix("blobs") { try dump.cut(dump.path.appending(name)) { _ in 0 } }
        },
    ]
}
