import Causes
import Findings
import Postgres

extension CheckID {
    package static let encoding = CheckID("encoding")
}

/// Is all text valid in the database's encoding?
struct EncodingCheck: Check {
    static let description = CheckDescription(
        id: .encoding,
        asks: "Is every text value valid in the database's encoding?",
        covers: """
            The bytes of every value of every string column (text, varchar, char, name, citext), arrays and domains of them \
            too.
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
        guard encoding != "SQL_ASCII" else {
            let finding = Finding(
                id: Self.id, subject: "database", status: .notRun,
                reason: "the database's encoding is SQL_ASCII, which means none: any byte is valid in it")
            return [finding]
        }
        return tables.flatMap { verified($0, encoding, context, answers) }
    }

    // MARK: Bytes

    /// Counts the values, and verifies each: a conversion verifies what it converts, also from an encoding to itself.
    /// This is the cheapest that does, since it looks at the value where it lies.
    static func verify(_ column: Column) -> ScanQuestion {
        ScanQuestion(aggregate: "count(convert_to(\(column.sql)::text, (SELECT getdatabaseencoding())))")
    }

    /// One finding for all sound columns of a table, and one for each that is not.
    private func verified(
        _ table: Table, _ encoding: String, _ context: CheckContext, _ answers: ScanAnswers
    ) -> [Finding] {
        let expected = "every value is valid in \(encoding)"
        var values: Int64 = 0
        var sound = 0
        var findings: [Finding] = []
        for column in table.columns where column.isText {
            do throws(PostgresError) {
                values += try answers.sum(Self.verify(column), over: context.catalogue.leaves(of: table))
                sound += 1
            } catch {
                var finding = Finding(
                    inconclusive: Self.id, subject: ColumnName(table: table.name, name: column.name).description,
                    basis: .rule, expected: expected, because: error,
                    in: Circumstances(reading: column, in: context))
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
}

extension SQLState {
    /// Bytes that are no text in their encoding.
    fileprivate static let invalidText = SQLState(rawValue: "22021")
}
