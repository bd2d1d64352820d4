/// Why a check was not run.
package enum Gap: String, Codable, Sendable, CaseIterable {
    /// The plan says so.
    case skipped
    /// This machine lacks something that the check needs.
    case lacking
    /// Nobody may connect to the database.
    case closed
    /// The drill ended before.
    case stopped
    /// It asks what a plan names, and the plan names nothing.
    case notConfigured
    /// The backup or the database has nothing that it could be asked of.
    case doesNotApply
}
