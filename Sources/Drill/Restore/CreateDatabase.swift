import Archive
import Causes
import Postgres
import Scratch

extension ScratchServer {
    /// The name of a database that is restored alone. The backup's own name is not used: it could be any text, even one that
    /// PostgreSQL's programs take for a connection string.
    static let databaseName = "restored"

    /// Creates the database to restore into, with the backup's encoding and sort order if this machine has them.
    ///
    /// A locale that is not installed here is not the backup's fault: text is then sorted by bytes (`C`), with the letters of
    /// Unicode where this machine and the encoding have them.
    /// - Parameter definition: the backup's own `CREATE DATABASE`, if it has one.
    /// - Returns: whether text may be sorted differently than at the source, and the problem if a locale was not
    ///   available.
    func createDatabase(
        _ name: String = databaseName, definition: String?, encoding: String?
    ) async throws -> (sortsDifferently: Bool, problem: RestoreProblem?) {
        // Copies the files of the template. PostgreSQL's own way since 15 writes each of its pages to the WAL, and takes twice as long.
        let strategy = installation.version.major >= 15 ? " STRATEGY file_copy" : ""
        let create = creation(of: name, strategy: strategy, encoding: encoding)
        return try await withConnection(to: maintenance) { connection in
            var problem: RestoreProblem?
            if let options = definition.map(localeOptions(of:)), !options.isEmpty {
                do {
                    try await connection.execute(create + options)
                    return (false, nil)
                } catch PostgresError.server(let error) {
                    problem = RestoreProblem(
                        subject: "DATABASE", sqlState: error.sqlState.rawValue, message: error.publicMessage(),
                        rule: cause(of: .localeMissing, while: .restoring))
                }
            }
            try await connection.create(name, strategy: strategy, encoding: encoding)
            return (true, problem)
        }
    }
}

extension Connection {
    /// Creates a database that sorts text by bytes, and knows the letters of Unicode where this server has that.
    /// - Parameters:
    ///   - strategy: an option of CREATE DATABASE; empty where the server chooses.
    ///   - encoding: if nil, it is that of the server.
    func create(_ database: String, strategy: String = "", encoding: String?) throws {
        let create = creation(of: database, strategy: strategy, encoding: encoding)
        if encoding == nil || encoding == "UTF8" {
            do {
                return try execute(create + " LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
            } catch PostgresError.server {
                // It does not have this locale, or nothing can be created, as the next one finds out.
            }
        }
        try execute(create + " LOCALE 'C'")
    }
}

/// The beginning of a `CREATE DATABASE`; what says how text is sorted comes behind it.
private func creation(of database: String, strategy: String, encoding: String?) -> String {
    "CREATE DATABASE \(quoteIdentifier(database)) TEMPLATE template0\(strategy)"
        + (encoding.map { " ENCODING \(quoteLiteral($0))" } ?? "")
}

/// The options of a `CREATE DATABASE` that say how text is sorted, such as ` LOCALE_PROVIDER = libc LOCALE = 'C'`.
private func localeOptions(of definition: String) -> String {
    definition.matches(
        of: /\s(?:LOCALE_PROVIDER|LOCALE|LC_COLLATE|LC_CTYPE|ICU_LOCALE|ICU_RULES|BUILTIN_LOCALE) = (?:'[^'\\]*'|\w+)/
    ).map { String($0.0) }.joined()
}
