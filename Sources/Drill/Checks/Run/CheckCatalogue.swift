import Findings

/// Every check there is, in the order of the report. The only list of them.
package let checkCatalogue: [any Check] = [
    RestoreCheck(),
    RowCountsCheck(),
    ContentCheck(),
    StructureCheck(),
    DefinitionsCheck(),
    FreshnessCheck(),
    ForeignKeysCheck(),
    JSONBCheck(),
    SequencesCheck(),
    ConstraintsCheck(),
    IndexesCheck(),
    CollationsCheck(),
    VisibilityMapCheck(),
    PartitionsCheck(),
    ExtensionsCheck(),
    SecurityCheck(),
    SchemaVersionCheck(),
    LargeObjectsCheck(),
    EncodingCheck(),
    FilesCheck(),
    ValuesCheck(),
    PreparedTransactionsCheck(),
    ReplicationSlotsCheck(),
    PrimaryKeysCheck(),
    UpkeepCheck(),
    SQLCheck(),
    QueriesCheck(),
    ErasureCheck(),
]

extension CheckID {
    /// Checks that ask about the server as a whole, and not about one of its databases.
    package static let ofServer = Set(checkCatalogue.filter(\.description.isOfServer).map(\.id))
}
