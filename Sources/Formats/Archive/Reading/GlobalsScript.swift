/// A script of `pg_dumpall` that holds no database: `--globals-only`, `--roles-only` or `--tablespaces-only`.
package struct GlobalsScript: Sendable {
    package let globals: ServerGlobals
    /// Why it is not whole; nil if it is.
    package let flaw: String?

    /// Reads a script of `pg_dumpall` to its end, or to the first dump of a database.
    /// - Returns: nil if it holds one.
    /// - Throws: ``ArchiveError`` where the file cannot be read.
    package init?(_ dump: Dump) throws {
        var script = try ClusterScript(dump)
        var globals = ServerGlobals()
        let part = try script.read(.aroundDumps) { _, parts in globals.take(parts) }
        guard part.ending == nil else { return nil }
        self.globals = globals
        if let problem = part.problem {
            flaw = "\(problem)"
        } else if !part.summary.sawFooter {
            flaw = "the script was cut off: it does not end with \"\(PlainMarker.clusterFooter.text)\""
        } else {
            flaw = nil
        }
    }
}
