import Postgres

/// Reads a connection string of the command line or of a plan.
/// - Throws: ``Failure``.
func connectionTarget(parsing words: String) throws(Failure) -> ConnectionTarget {
    do {
        return try ConnectionTarget(parsing: words)
    } catch {
        if case .noClientLibrary = error { throw Failure(.couldNotTell, error) }
        throw Failure(.wrongCommand, error)
    }
}
