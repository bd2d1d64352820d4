import Postgres

/// Reads a connection string of the command line or of a plan.
/// - Throws: ``Failure``.
func connectionTarget(parsing words: String) throws(Failure) -> ConnectionTarget {
    do {
        return try ConnectionTarget(parsing: words)
    } catch .noClientLibrary(let reason) {
        throw Failure(.couldNotTell, PostgresError.noClientLibrary(reason: reason))
    } catch {
        throw Failure(.wrongCommand, error)
    }
}
