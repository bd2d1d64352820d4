import Archive

extension DumpBackup {
    /// What it keeps for its database as a whole: its owner, and settings. Of a script, known once it was inspected.
    package var properties: [GlobalStatement] { dump.contents?.databaseProperties ?? reading?.properties ?? [] }
}
