/// What is wrong with a file of a backup.
package struct FileFlaw: Sendable, Equatable {
    /// Relative to the data directory.
    package let path: String
    package let problem: String
    /// Set where the file belongs to a relation, whose name a server can tell.
    package let relation: RelationFile?
    /// The OID of the database whose file it is: a relation's, or what the server keeps beside those. Nil for a file of the server as a
    /// whole, and for relations that all databases share.
    package var database: UInt32? {
        let parts = path.split(separator: "/")
        return switch parts.count {
        case 3 where parts[0] == "base": UInt32(parts[1])
        case 5 where parts[0] == "pg_tblspc": UInt32(parts[3])
        default: nil
        }
    }

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
        relation = RelationFile(path: path)
    }
}
