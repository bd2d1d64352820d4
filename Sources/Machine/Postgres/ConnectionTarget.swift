import CLibPQ

/// Where to connect: libpq keywords and values, or a connection string that libpq parses. Never holds a password: libpq
/// itself reads passwords from a pgpass file, a service file or the environment.
package struct ConnectionTarget: Sendable, Equatable, CustomStringConvertible {
    /// libpq keywords, such as `host`, `port`, `dbname`, `user`.
    package private(set) var parameters: [String: String]
    /// Whether the size of the server's answers is bounded, because what it runs is not trusted. For a server that is
    /// reached through a Unix socket.
    package var boundsAnswers = false

    /// The process that must listen on the socket, by its id: an answer of any other is not believed. Nil believes any.
    package var serverProcess: Int32?

    /// - Parameter host: a host name, or the directory of a Unix socket.
    package init(host: String, port: Int, user: String, database: String) {
        parameters = ["host": host, "port": String(port), "user": user, "dbname": database]
    }

    /// Reads a URI (`postgresql://…`) or a keyword/value string (`host=… dbname=…`).
    /// - Throws: `badConnectionString` when libpq cannot parse it, or when it holds a password, which would be
    ///   visible to every user of the machine in the process list; `noClientLibrary`.
    package init(parsing string: String) throws(PostgresError) {
        try requireLibPQ()
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(string, &message) else {
            defer { PQfreemem(message) }
            // libpq's message quotes parts of the string, so it is not passed on: a password may be among them.
            throw .badConnectionString(
                "The connection string cannot be read; it looks like postgresql://user@host:5432/database.")
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        for secret in ["password", "sslpassword"] where found[secret] != nil {
            throw .badConnectionString(
                """
                The connection string holds a password, which other users of this machine could read. \
                Put it into ~/.pgpass, a service file or PGPASSWORD instead.
                """)
        }
        parameters = found
    }

    /// A target as libpq resolved it, with the values from the environment, a service file and the defaults.
    init(resolved parameters: [String: String]) { self.parameters = parameters }

    /// The same server, another database.
    package func database(_ name: String) -> ConnectionTarget {
        var copy = self
        copy.parameters["dbname"] = name
        return copy
    }

    /// The same, as another role.
    package func user(_ name: String) -> ConnectionTarget {
        var copy = self
        copy.parameters["user"] = name
        return copy
    }

    /// The same, with a value for a keyword of libpq.
    package func with(_ keyword: String, _ value: String) -> ConnectionTarget {
        var copy = self
        copy.parameters[keyword] = value
        return copy
    }

    /// The same with these keywords of libpq alone: a program with an older libpq does not know all of ours.
    package func keeping(_ keywords: Set<String>) -> ConnectionTarget {
        var copy = self
        copy.parameters = parameters.filter { keywords.contains($0.key) }
        return copy
    }

    /// The same, with server settings for the start of each session (libpq's `options`): they go before what a database or a
    /// role sets, and hold before the server runs anything.
    package func settings(_ settings: [String: String]) -> ConnectionTarget {
        var copy = self
        copy.parameters["options"] = settings.sorted { $0.key < $1.key }.map { name, value in
            "-c \(name)=\(value.replacing("\\", with: "\\\\").replacing(" ", with: "\\ "))"
        }.joined(separator: " ")
        return copy
    }

    package var host: String? { parameters["host"] }
    package var port: Int? { parameters["port"].flatMap(Int.init) }
    package var user: String? { parameters["user"] }
    package var database: String? { parameters["dbname"] }

    /// As a keyword/value string, which PostgreSQL's own programs accept as `--dbname`. It holds no password.
    package var connectionString: String {
        parameters.sorted { $0.key < $1.key }.map { key, value in
            let escaped = value.unicodeScalars.flatMap { ["'", "\\"].contains($0) ? ["\\", $0] : [$0] }
            return "\(key)='\(String(String.UnicodeScalarView(escaped)))'"
        }.joined(separator: " ")
    }

    package var description: String {
        let place = "\(host ?? "the local server"):\(port ?? 5432)"
        return "database \(database ?? "(default)") at \(place) as \(user ?? "(default user)")"
    }
}
