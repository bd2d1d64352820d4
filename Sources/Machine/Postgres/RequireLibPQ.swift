import CLibPQ

/// Loads libpq, PostgreSQL's client library, if nothing has done so yet. Call it before the first call of libpq.
/// - Throws: `noClientLibrary` when this machine does not have it.
package func requireLibPQ() throws(PostgresError) {
    if let problem = pgassay_libpq_problem() { throw .noClientLibrary(reason: String(cString: problem)) }
}
