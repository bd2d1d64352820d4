/// What is wrong with the files of a dump, before it is restored.
package enum ArchiveFlaw {
    /// The id of findings about the backup itself, as opposed to findings about the restored database.
    package static let checkID = "archive"
}
