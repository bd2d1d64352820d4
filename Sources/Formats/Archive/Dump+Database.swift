extension Dump {
    /// The source's `CREATE DATABASE`: an archive has it, a plain dump only with `--create`.
    package var databaseDefinition: String? {
        contents?.entries.first { $0.kind == "DATABASE" }?.definition ?? plainHeader?.databaseDefinition
    }

    /// The encoding of the source's database, as far as the dump says. The rows may be in another one (`pg_dump --encoding`), also
    /// in one that no database can have.
    package var databaseEncoding: String? {
        if let stated = databaseDefinition?.firstMatch(of: /\sENCODING = '([^'\\]+)'/) { return String(stated.1) }
        let ofRows = contents?.encoding ?? plainHeader?.clientEncoding
        // Encodings in which half of a letter may look like ASCII are for clients only (`pg_wchar.h`).
        return ofRows.map { TextEncoding($0).hasPairs ? "UTF8" : $0 }
    }
}
