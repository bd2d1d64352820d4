import SystemPackage

/// Something that a dump should hold and does not.
package struct Incompleteness: Sendable, Hashable {
    /// What is affected: a table as `schema.name`, a large object, or a file of the dump.
    package let subject: String
    /// What is wrong with it, as a clause: "its data file 3487.dat is missing".
    package let problem: String

    package init(subject: String, problem: String) {
        self.subject = subject
        self.problem = problem
    }
}

extension Incompleteness: CustomStringConvertible {
    package var description: String { "\(subject): \(problem)" }
}

extension Dump {
    /// Looks for what `pg_restore` and psql do not notice is missing.
    ///
    /// - directory: reads and decodes every file to its end. Data ends as `pg_dump` ends it, large objects are all
    ///   listed.
    /// - tar: looks at every member's header and the end of its data; reads no data otherwise.
    /// - custom: the file reaches to where its data is said to be. `pg_restore` itself notices what is cut.
    /// - plain: the script ends with its footer, if it is not compressed; what ``PlainScript`` says once all of it has
    ///   gone through counts for both.
    ///
    /// What nothing in the dump can show is not found: rows that a policy hid from `pg_dump`, an uncompressed directory
    /// dump that was interrupted between two tables and looks clean.
    ///
    /// - Parameter progress: is told now and then how many bytes of the dump have been dealt with; may throw to stop.
    /// - Returns: nothing for a dump that is complete as far as can be told.
    /// - Throws: ``ArchiveError`` where the dump could not be read, in contrast to: was read, and is not complete; what
    ///   `progress` throws.
    package func incompleteness(progress: (Int64) throws -> Void = { _ in }) throws -> [Incompleteness] {
        switch format {
        case .custom: try CustomCompleteness(self).check()
        case .directory: try DirectoryCompleteness(self).check(progress)
        case .tar: try TarCompleteness(self).check(progress)
        case .plain: try PlainCompleteness(self).check()
        }
    }
}

extension ArchiveEntry {
    /// How a finding names the entry: `schema.table`, `large objects 16557..16558`.
    var subject: String {
        if kind == "BLOBS" { return tag == "BLOBS" ? "large objects" : "large objects \(tag)" }
        return namespace.map { "\($0).\(tag)" } ?? tag
    }
}
