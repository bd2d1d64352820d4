import Foundation
import Testing

/// An error gets its cause from the table. These files alone give a finding a cause by themselves.
@Suite struct NoOtherCausesTests {
    /// Each of them says whose answer it is of what it compared or counted, which is no error (decision 15).
    private static let reasons = [
        "ColdTier/Export/ExportAgenda.swift": "a slice of an export is not what it was when it was exported",
        "ColdTier/Export/SliceRun.swift": "rows that an export cannot write",
        "ColdTier/Import/LoadSlice.swift": "a slice is not what its manifest says, or a database does not take it",
        "ColdTier/Rewrite/RewriteExport.swift": "old files that a lock keeps",
        "ColdTier/Verify/VerifyExport.swift": "files of an export are not what its manifest says",
        "Drill/Checks/Constraints/ConstraintsCheck.swift": "rows that break a constraint, counted",
        "Drill/Checks/Content/ContentComparison.swift": "rows and their digest, compared with what the backup has",
        "Drill/Checks/Erasure/ErasureCheck.swift": "keys that were erased and are there, counted",
        "Drill/Checks/Extensions/ExtensionsCheck.swift": "versions of extensions, compared",
        "Drill/Checks/ForeignKeys/ForeignKeysCheck.swift": "orphans, counted",
        "Drill/Checks/Freshness/FreshnessCheck.swift": "the newest row, compared with a time",
        "Drill/Checks/Indexes/IndexesCheck.swift": "what amcheck reports of an index",
        "Drill/Checks/JSONB/JSONBCheck.swift": "values that do not fit a type or a path, counted",
        "Drill/Checks/Structure/StructureAudit.swift": "definitions, compared",
        "Drill/Checks/Files/FileQuestion.swift": "files, compared with what the catalogue and other files say of them",
        "Drill/Checks/LargeObjects/LargeObjectsCheck.swift": "references to large objects that are not there, counted",
        "Drill/Checks/Partitions/PartitionsCheck.swift": "rows outside of bounds, and gaps, counted",
        "Drill/Checks/Security/ExpectedSecurity.swift": "what the plan demands of roles that are not here",
        "Drill/Checks/Queries/QueriesCheck.swift": "the plan of a query, compared with what is demanded",
        "Drill/Checks/Restore/RestoreCheck.swift": "objects and privileges, compared with what the backup names",
        "Drill/Checks/Definitions/DefinitionsCheck.swift": "definitions, compared with an earlier drill's",
        "Drill/Checks/RowCounts/RowCountsCheck.swift": "rows, counted",
        "Drill/Checks/SQL/SQLCheck.swift": "the answer to a query of the plan, compared",
        "Drill/Checks/SchemaVersion/SchemaVersionCheck.swift": "versions of a schema, compared",
        "Drill/Checks/Run/Finding+Errors.swift": "what is not there, expected by the backup or by a person",
        "Drill/Checks/Run/Hazard.swift": "a hazard of the source that the plan does not accept",
        "Drill/Checks/Indexes/SystemTables.swift": "what the catalogue says of itself, compared",
        "Drill/Backup/DumpSet/DumpSet+Inspection.swift": "databases in which nothing is, counted",
        "Drill/Restore/DumpSet/CompareGlobals.swift": "roles and what hangs on them, compared with the backup's",
        "Drill/Restore/DumpSet/DumpSet+Databases.swift": "databases, compared with those that the plan names",
        "Drill/Backup/DumpBackup+Rows.swift": "rows of a dump, judged by the rules of their columns' types and keys",
        "Drill/Backup/DumpBackup+Notices.swift": "what a person should know of a dump that is whole",
        "Drill/Drill/Steps/CompareWithManifest.swift": "rows of a dump, compared with what a manifest has",
        "Drill/Drill/Steps/HoldAgainstManifest.swift": "the digest of a backup, compared with a manifest's",
        "Drill/Checks/VisibilityMap/VisibilityMapCheck.swift": "pages that the visibility map tells wrongly, counted",
    ]

    /// The table itself, and what makes one verdict of all findings.
    private static let deciding = ["Words/Causes/", "Words/Findings/Judgement.swift"]

    @Test func causesAreGivenInTheTableAndInTheListedFiles() throws {
        let sources = packageRoot.appending(path: "Sources")
        let given = try Regex(
            #"(?:^|[^A-Za-z])(cause|judgement)\s*[:=](?!=)[^,;{}\n]*\.(backup|expectation|environment|objective|interrupted|harmless|fault)(?![A-Za-z])"#
        )
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var found: Set<String> = []
        var read = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let name = String(file.path.dropFirst(sources.path.count + 1))
            guard !Self.deciding.contains(where: name.hasPrefix) else { continue }
            read += 1
            let text = try String(contentsOf: file, encoding: .utf8)
            let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
            if code.contains(where: { $0.contains(given) }) { found.insert(name) }
        }
        #expect(read > 300)
        let others = found.subtracting(Self.reasons.keys)
        #expect(others.isEmpty, "they give a cause without a row of the table")
        let gone = Set(Self.reasons.keys).subtracting(found)
        #expect(gone.isEmpty, "they are listed, and give no cause")
    }
}
