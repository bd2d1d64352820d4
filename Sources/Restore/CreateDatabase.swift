import Archive
import Postgres
import Scratch

extension ScratchServer {
    /// Makes the database to restore into, named, encoded and sorted like the backup's where this machine can.
    ///
    /// A locale that is not installed here is no fault of the backup, and no row depends on it: the database is then
    /// sorted by bytes (`C`).
    /// - Parameter definition: the backup's own `CREATE DATABASE`, if it has one.
    /// - Returns: its name, and the problem of a locale that could not be had.
    func createDatabase(
        named wanted: String?, definition: String?, encoding: String?
    ) async throws -> (name: String, problem: RestoreProblem?) {
        // These exist in every server.
        let reserved = ["postgres", "template0", "template1"]
        let name = wanted.flatMap { reserved.contains($0) || $0.isEmpty ? nil : $0 } ?? "restored"
        let create = "CREATE DATABASE \(quoteIdentifier(name)) TEMPLATE template0"
        let encodingOption = encoding.map { " ENCODING \(quoteLiteral($0))" } ?? ""
        return try await withConnection(to: target(database: "postgres")) { connection in
            var problem: RestoreProblem?
            if let options = definition.map(localeOptions(of:)), !options.isEmpty {
                do {
                    try await connection.execute(create + encodingOption + options)
                    return (name, nil)
                } catch PostgresError.server(let error) {
                    problem = RestoreProblem(
                        subject: "DATABASE \(name)", sqlState: error.sqlState.rawValue, message: error.message,
                        judgement: .harmless("text is sorted by bytes here instead; no row depends on it"))
                }
            }
            try await connection.execute(create + encodingOption + " LOCALE 'C'")
            return (name, problem)
        }
    }
}

/// The options of a `CREATE DATABASE` that say how text is sorted, such as ` LOCALE_PROVIDER = libc LOCALE = 'C'`.
private func localeOptions(of definition: String) -> String {
    definition.matches(
        of: /\s(?:LOCALE_PROVIDER|LOCALE|LC_COLLATE|LC_CTYPE|ICU_LOCALE|ICU_RULES|BUILTIN_LOCALE) = (?:'[^'\\]*'|\w+)/
    ).map { String($0.0) }.joined()
}
