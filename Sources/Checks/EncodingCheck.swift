import Findings
import Postgres

/// Is all text valid in the database's encoding, and is it ordered as it was?
struct EncodingCheck: Check {
    static let description = CheckDescription(
        id: "encoding",
        asks: "Is every text value valid in the database's encoding, and ordered by the library that its indexes know?",
        covers: """
            The bytes of every value of every string column (text, varchar, char, name, citext), arrays and domains of them \
            too. The versions of the collations of the database and of its columns and indexes, against those of this \
            machine's libraries.
            """,
        doesNotCover: """
            Text inside of composite types, ranges, xml and hstore; JSON, which the check jsonb reads. Text that is valid \
            and wrong, such as letters that were converted twice. Databases in SQL_ASCII, where any byte is valid.
            """,
        notRun: "the database has no text columns")

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        table.columns.filter(\.isText).map(Self.verify)
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        let encoding: String = try await context.query("SELECT getdatabaseencoding()")[0].need(at: 0)
        let tables = context.catalogue.tables.filter { !$0.isPartition && $0.columns.contains(where: \.isText) }
        guard !tables.isEmpty else { return [] }
        let collations = try await self.collations(in: context)
        guard encoding != "SQL_ASCII" else {
            let finding = Finding(
                id: Self.id, subject: "database", status: .notRun,
                reason: "the database's encoding is SQL_ASCII, which means none: any byte is valid in it")
            return [finding, collations]
        }
        return tables.flatMap { verified($0, encoding, context.catalogue.leaves(of: $0), answers) } + [collations]
    }

    // MARK: Bytes

    /// Counts the values, and verifies each: a conversion verifies what it converts, also from an encoding to itself.
    /// This is the cheapest that does, since it looks at the value where it lies.
    private static func verify(_ column: Column) -> ScanQuestion {
        ScanQuestion(aggregate: "count(convert_to(\(column.sql)::text, (SELECT getdatabaseencoding())))")
    }

    /// One finding for all sound columns of a table, and one for each that is not.
    private func verified(
        _ table: Table, _ encoding: String, _ leaves: [Table], _ answers: ScanAnswers
    ) -> [Finding] {
        let expected = "every value is valid in \(encoding)"
        var values: Int64 = 0
        var sound = 0
        var findings: [Finding] = []
        for column in table.columns where column.isText {
            do throws(PostgresError) {
                for leaf in leaves { values += try answers.number(Self.verify(column), of: leaf) ?? 0 }
                sound += 1
            } catch {
                var finding = Finding(
                    couldNotTell: Self.id, subject: ColumnName(table: table.name, name: column.name).description,
                    basis: .rule, expected: expected, because: error)
                if error.sqlState == .invalidText {
                    finding.reason = "values of this column hold bytes that are no text in the database's encoding"
                }
                findings.append(finding)
            }
        }
        if sound > 0 {
            findings.append(
                Finding(
                    id: Self.id, subject: table.name.description, status: .passed, basis: .rule, expected: expected,
                    observed: "\(counted(values, "value")) in \(counted(sound, "column"))"))
        }
        return findings
    }

    // MARK: Order

    /// Whether text is ordered here by the version of the library that it was ordered by when its indexes were built.
    private func collations(in context: CheckContext) async throws -> Finding {
        var outdated = try await context.query(SQLFile.encoding.text).filter { row in
            try row.need("recorded", as: String.self) != row.get("actual")
        }.map { "\(try $0.need("schema", as: String.self)).\(try $0.need("name", as: String.self))" }
        // Servers before 15 record none for the database, and do not know the function.
        if context.serverVersion.major >= 15, try await isDatabaseOutdated(in: context) {
            outdated.insert("the database's own", at: 0)
        }
        var finding = Finding(
            id: Self.id, subject: "collations", status: .passed, basis: .rule,
            expected: "the versions that indexes were built with",
            observed: outdated.isEmpty ? "the same" : "other versions: \(outdated.joined(separator: ", "))")
        if outdated.isEmpty { return finding }
        guard context.contents.objects.isEmpty else {
            finding.reason = "it does no harm here: the indexes of a dump are built when it is restored"
            return finding
        }
        finding.status = .inconclusive
        finding.reason = """
            this machine's C library or ICU may order text differently than the indexes of the backup do: drill with the \
            source's version of it, or expect to REINDEX after a recovery on such a machine
            """
        finding.cause = .environment
        return finding
    }

    private func isDatabaseOutdated(in context: CheckContext) async throws -> Bool {
        try await context.query(
            """
            SELECT datcollversion IS NOT NULL AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
            FROM pg_database WHERE datname = current_database()
            """)[0].need(at: 0)
    }
}

extension SQLState {
    /// Bytes that are no text in their encoding.
    fileprivate static let invalidText = SQLState(rawValue: "22021")
}
