import Foundation

extension Damage {
    private static let isReadable: @Sendable (DamageForm) -> Bool = { $0.isReadable }
    /// Rows can be longer or shorter afterwards: no length is kept beside them.
    private static let isLoose: @Sendable (DamageForm) -> Bool = {
        $0.isReadable && [.directory, .plain].contains($0.format)
    }

    private static func replacing(_ old: String, by new: String) -> @Sendable (DamagedDump) throws -> Void {
        { try $0.replace(old, by: new, in: $0.rows(of: "crops")) }
    }

    /// Rows that are not as they were, in dumps without compression: nothing notices the change itself.
    static let ofRows = [
        Damage(
            "a key is there twice", in: isReadable, .bad("key"), .silent,
            change: replacing("2018\tcrop", by: "2017\tcrop")),
        Damage("a row refers to one that is not there", in: isReadable, .bad("orphan"), .silent) { dump in
            try dump.replace("6017\t2017\n", by: "6017\t9017\n", in: dump.rows(of: "harvests"))
        },
        Damage(
            "a number has a letter in it", in: isReadable, .bad("1 value is not"), .silent,
            change: replacing("2018\tcrop", by: "2o18\tcrop")),
        Damage(
            "a time is of no month", in: isReadable, .bad("1 value is not"), .silent,
            change: replacing("2026-01-02", by: "2026-21-02")),
        Damage(
            "JSON does not end", in: isReadable, .bad("1 value is not"), .silent,
            change: replacing(#"{"n": 2018}"#, by: #"{"n": 2018]"#)),
        Damage(
            "a column has gone over into the one before", in: isReadable, .bad("column"), .silent,
            change: replacing("\tcrop 2018 ", by: " crop 2018 ")),
        Damage("a character is none", in: isReadable, .bad("encoding"), .silent) { dump in
            try dump.edit(dump.rows(of: "crops")) { bytes in
                bytes[bytes.range(of: Data("crop 2018".utf8))!.lowerBound] = 0xFF
            }
        },
        Damage(
            "a value is missing where none may be", in: isLoose, .bad("NULL"), .silent,
            change: replacing("2018\tcrop 2018 \(hash)\t", by: "2018\t\\N\t")),
        Damage(
            "the end of the rows is not marked", in: isLoose, .bad(""), .silent, change: replacing("\\.\n", by: "")),
        Damage(
            "a text is another", in: isReadable, .unseen("1 row is changed; in id "), .silent,
            change: replacing("crop 2018", by: "crap 2018")),
        Damage("a row is lost", in: isLoose, .unseen("1 row is missing"), .silent) { dump in
            try dump.replace("note 17\n", by: "", in: dump.rows(of: "notes"))
        },
        Damage(
            "a row without a key is doubled", in: isLoose, .unseen("1 row is there that the source did not have"),
            .silent
        ) { dump in
            try dump.replace("note 17\n", by: "note 17\nnote 17\n", in: dump.rows(of: "notes"))
        },
    ]

    /// md5('2018')
    private static let hash = "84ddfb34126fc3a48ee38d7044e87276"
}
