/// What is wrong with a dump as it lies there.
package enum ArchiveFlaw {
    /// The id of findings about the backup itself, not about what was restored from it.
    package static let checkID = "archive"
}
