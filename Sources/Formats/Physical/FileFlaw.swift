/// What is wrong with a file of a backup.
package struct FileFlaw: Sendable, Equatable {
    /// Relative to the data directory.
    package let path: String
    package let problem: String
    /// Set where the file belongs to a relation, whose name a server can tell.
    package let relation: RelationFile?

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
        relation = RelationFile(path: path)
    }
}
