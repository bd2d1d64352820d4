import Findings

extension CheckID {
    /// Files of an export, written or verified.
    static let export = CheckID("export")
    /// Files of an export, loaded into a database.
    static let `import` = CheckID("import")
}
