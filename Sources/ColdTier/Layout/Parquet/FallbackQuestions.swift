import Parquet
import Postgres
import Rows

extension ExportManifest {
    /// A column that a slice stores as PostgreSQL's text, because its type in Parquet cannot hold each of its values.
    package struct Fallback: Codable, Sendable, Equatable {
        package var column: String
        package var reason: Reason

        package init(column: String, reason: Reason) {
            self.column = column
            self.reason = reason
        }

        /// Why a type in Parquet cannot hold the values.
        package enum Reason: String, Codable, Sendable, CaseIterable {
            /// A `numeric` without a precision, with more than 38 digits, or with a scale outside of them.
            case digits
            case nan
            case infinity
            /// A time that 64 bits of microseconds since 1970 do not reach.
            case range
            /// An array of several dimensions, or one whose first index is not 1.
            case shape

            /// The rest of a sentence that begins with "its values".
            package var words: String {
                switch self {
                case .digits: "may have more than the 38 digits of a DECIMAL"
                case .nan: "include NaN, which a DECIMAL cannot hold"
                case .infinity: "include an infinite time, which Parquet cannot hold"
                case .range: "include a time after the year 294247, which 64 bits of microseconds do not reach"
                case .shape: "include an array of several dimensions, or one that does not begin at index 1"
                }
            }
        }
    }
}

/// What the database is asked about the rows of a slice, in the snapshot that is exported, before a Parquet file is begun:
/// which columns have values that their types in Parquet cannot hold.
struct FallbackQuestions: Sendable {
    private let questions: [Question]
    /// Columns that fall back in every slice.
    private let always: [ExportManifest.Fallback]
    private let time: (column: String, type: ColumnSchema.ValueType?)

    private struct Question: Sendable {
        let column: String
        let reason: ExportManifest.Fallback.Reason
        /// SQL over a row `t`: true if it has such a value, else false or NULL.
        let condition: String
    }

    /// - Parameter timeIndex: of the column by which rows are sliced. It is not asked about: a slice says what times it has.
    init(_ columns: [ExportColumn], timeIndex: Int) {
        time = (columns[timeIndex].name, ParquetColumn.type(of: columns[timeIndex]).type)
        always = columns.filter { ParquetColumn.type(of: $0).type == nil }.map {
            ExportManifest.Fallback(column: $0.name, reason: .digits)
        }
        questions = columns.enumerated().filter { $0.offset != timeIndex }.flatMap { Self.questions(about: $0.element) }
    }

    /// An SQL aggregate over rows `t`, whose text ``fallbacks(_:in:)`` reads. Nil if there is nothing to ask.
    var aggregate: String? {
        guard !questions.isEmpty else { return nil }
        let answers = questions.map { "coalesce(pg_catalog.bool_or(\($0.condition)), false)" }
        return "ARRAY[\(answers.joined(separator: ", "))]::text"
    }

    /// The columns that fall back in rows of a period, each once.
    /// - Parameter answers: of ``aggregate``, for each relation that was asked.
    func fallbacks(_ answers: [String], in period: SlicePeriodStart) -> [ExportManifest.Fallback] {
        var found = always + ofTime(period)
        for answer in answers {
            let isTrue = answer.utf8.filter { $0 == UInt8(ascii: "t") || $0 == UInt8(ascii: "f") }.map {
                $0 == UInt8(ascii: "t")
            }
            for (question, isTrue) in zip(questions, isTrue) where isTrue {
                guard !found.contains(where: { $0.column.utf8.elementsEqual(question.column.utf8) }) else { continue }
                found.append(ExportManifest.Fallback(column: question.column, reason: question.reason))
            }
        }
        return found
    }

    private func ofTime(_ period: SlicePeriodStart) -> [ExportManifest.Fallback] {
        if period.name == ExportManifest.Slice.minusInfinityName {
            return [ExportManifest.Fallback(column: time.column, reason: .infinity)]
        }
        guard time.type != .date, let end = period.to.flatMap(DatabaseTime.init), end.microsecondsSince1970 == nil
        else { return [] }
        return [ExportManifest.Fallback(column: time.column, reason: .range)]
    }

    // MARK: SQL

    private static func questions(about column: ExportColumn) -> [Question] {
        let (type, isList) = ParquetColumn.type(of: column)
        guard let type else { return [] }
        let name = "t.\(quoteIdentifier(column.name))"
        var questions: [Question] = []
        func ask(_ reason: ExportManifest.Fallback.Reason, _ condition: String) {
            questions.append(Question(column: column.name, reason: reason, condition: condition))
        }
        if isList { ask(.shape, "pg_catalog.array_ndims(\(name)) > 1 OR pg_catalog.array_lower(\(name), 1) <> 1") }
        // A value, or the values of an array of any shape.
        func any(_ sqlType: String) -> String { isList ? "ANY (\(name)::\(sqlType)[])" : "\(name)::\(sqlType)" }
        func infinity(_ sqlType: String) -> String {
            "'infinity'::\(sqlType) = \(any(sqlType)) OR '-infinity'::\(sqlType) = \(any(sqlType))"
        }
        switch type {
        case .decimal: ask(.nan, "'NaN'::numeric = \(any("numeric"))")
        case .date: ask(.infinity, infinity("date"))
        case .timestamp(let inUTC):
            let sqlType = inUTC ? "timestamptz" : "timestamp"
            ask(.infinity, infinity(sqlType))
            ask(.range, "'\(lastTime)'::\(sqlType) < \(any(sqlType))")
        default: break
        }
        return questions
    }

    /// The last moment that is 2^63 - 1 microseconds after 1970 or less. The first moments of PostgreSQL are all reached.
    private static let lastTime = "294247-01-10 04:00:54.775807"
}
