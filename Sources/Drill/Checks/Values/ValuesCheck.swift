import Causes
import Findings
import Postgres

/// Can every stored value be read?
struct ValuesCheck: Check {
    static let description = CheckDescription(
        id: .values,
        asks: "Can every stored value be fetched, decompressed and decoded?",
        covers: """
            Of a physical copy, every value of every column of every table: fetched from where it is stored out of line, \
            decompressed, and decoded as far as its type can be. The restore of a dump has done as much. It shares the scan of \
            the other checks, and the answers of encoding and jsonb for text and JSON.
            """,
        doesNotCover: """
            Whether a value is the right one: damage that leaves another valid value, such as another letter or number, is \
            seen by data checksums and by nothing else. Types of which any bytes are a value (numbers of fixed size, uuid, \
            boolean). Materialized views, and the system's own tables.
            """,
        notRun: "the backup is a dump, whose values the restore has read and stored anew, or no column needs decoding")

    private static let expected = "every value can be read"

    func questions(about table: Table, in context: CheckContext) -> [ScanQuestion] {
        guard context.contents.isPhysicalCopy else { return [] }
        return table.columns.filter(\.isStored).map(Self.read)
    }

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        guard context.contents.isPhysicalCopy else { return [] }
        return context.catalogue.tables.filter { !$0.isPartitioned }.flatMap {
            findings(about: $0, in: context, answers)
        }
    }

    /// One for all sound columns of a table, and one for each that is not.
    private func findings(about table: Table, in context: CheckContext, _ answers: ScanAnswers) -> [Finding] {
        var values: Int64 = 0
        var sound = 0
        var findings: [Finding] = []
        for column in table.columns where column.isStored {
            do throws(PostgresError) {
                values += try answers.number(Self.read(column), of: table) ?? 0
                sound += 1
            } catch  where column.isText && error.sqlState?.rawValue == "22021" {
                // It can be read; that it is no text is what the check encoding says.
                sound += 1
            } catch {
                findings.append(
                    Finding(
                        inconclusive: Self.id, subject: ColumnName(table: table.name, name: column.name).description,
                        basis: .rule, expected: Self.expected, because: error,
                        in: Circumstances(reading: column, in: context)))
            }
        }
        if sound > 0 {
            findings.append(
                Finding(
                    id: Self.id, subject: table.name.description, status: .passed, basis: .rule,
                    expected: Self.expected, observed: "\(counted(values, "value")) in \(counted(sound, "column"))"))
        }
        return findings
    }

    /// Counts the values, and cannot do so without reading each to its end.
    private static func read(_ column: Column) -> ScanQuestion {
        if column.isJSON { return JSONBCheck.decode(column) }
        if column.isText { return EncodingCheck.verify(column) }
        if column.type == "bytea" {
            // Its text would be twice as long, which the server cannot make of all that it can store. Searching for nothing
            // fetches and decompresses the value, and looks no further.
            return ScanQuestion(aggregate: #"count(pg_catalog."position"(\#(column.sql), '\x'::pg_catalog.bytea))"#)
        }
        // format() calls the output function of the type, as pg_dump does. Not IS NOT NULL, which of a composite value asks
        // for each of its fields.
        return ScanQuestion(
            aggregate:
                "count(CASE WHEN \(column.sql) IS DISTINCT FROM NULL THEN pg_catalog.format('%s', \(column.sql)) END)")
    }
}

extension Circumstances {
    /// Of a question that reads the values of a column. What the restore of a dump has just stored, this machine stored.
    init(reading column: Column, in context: CheckContext) {
        self.init()
        readsStoredValues = column.isNative && context.contents.isPhysicalCopy
    }
}
