import CLibPQ

/// Owns a `PGconn`. libpq connections are not thread-safe, so a handle never leaves the actor that holds it.
struct ConnectionHandle: ~Copyable {
    let pointer: OpaquePointer
    /// What stands between libpq and a server that is not trusted. It goes after the connection is closed.
    let answers: AnswerGuard?

    deinit { PQfinish(pointer) }
}

/// Owns a `PGresult`. Its values are copied out before it goes out of scope.
struct ResultHandle: ~Copyable {
    let pointer: OpaquePointer

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// How many rows the command's tag counts: `COPY 12`; nil where it counts none.
    var affectedRows: Int64? { Int64(String(cString: PQcmdTuples(pointer))) }
}
