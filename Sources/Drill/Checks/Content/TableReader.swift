import Postgres
import Rows

/// Reads the rows of a restored table, and remembers their digests: what several sources expect of a table is compared with one
/// reading of it.
struct TableReader {
    let session: Session
    private var digests: [String: TableDigest] = [:]

    init(session: Session) { self.session = session }

    /// - Parameters:
    ///   - copy: a COPY TO STDOUT of the rows.
    ///   - settings: of the transaction, besides those that make rows canonical.
    mutating func digest(_ copy: String, _ settings: [String: String] = [:]) async throws -> TableDigest {
        let key = "\(copy) \(settings.sorted { $0.key < $1.key })"
        if let known = digests[key] { return known }
        let digest = try await session.readingRows(copy, settings) { session in
            var digest = TableDigest()
            try await session.copyOut(copy) { digest.add(row: $0) }
            return digest
        }
        digests[key] = digest
        return digest
    }
}

extension Session {
    /// Reads rows in canonical form.
    func readingRows<Result: Sendable>(
        _ copy: String, _ settings: [String: String] = [:], _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await reading(settings: CanonicalSettings.values.merging(settings) { $1 }, body)
    }
}
