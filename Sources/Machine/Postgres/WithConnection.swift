/// Opens a connection, runs `body` with it and closes it, also if `body` throws.
package func withConnection<Result: Sendable>(
    to target: ConnectionTarget, settings: [String: String] = [:],
    _ body: (Connection) async throws -> Result
) async throws -> Result {
    let connection = try await Connection(to: target, settings: settings)
    do {
        let result = try await body(connection)
        await connection.close()
        return result
    } catch {
        await connection.close()
        throw error
    }
}
