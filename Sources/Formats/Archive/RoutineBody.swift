/// Keeps track of whether a semicolon is inside of the body of an SQL function or procedure:
/// `CREATE FUNCTION … BEGIN ATOMIC statement; … END`.
///
/// It follows psql's own heuristic exactly (`{identifier}` in `psqlscan.l`, PostgreSQL 14 and later): a semicolon that
/// does not end a statement for psql must not end one here.
struct RoutineBody {
    private static let create = Keyword("create")
    private static let or = Keyword("or")
    private static let replace = Keyword("replace")
    private static let function = Keyword("function")
    private static let procedure = Keyword("procedure")
    private static let begin = Keyword("begin")
    private static let `case` = Keyword("case")
    private static let end = Keyword("end")

    private var start = Start.nothing
    private(set) var depth = 0

    private enum Start {
        case nothing, create, createOr, createOrReplace, routine
        /// Some other statement, in which BEGIN has no meaning.
        case other
    }

    /// Takes the next unquoted word of the statement.
    mutating func take(_ word: Keyword, parentheses: Int) {
        if start == .other { return }
        if start != .routine {
            start =
                switch start {
                case .nothing where word == Self.create: .create
                case .create where word == Self.or: .createOr
                case .createOr where word == Self.replace: .createOrReplace
                case .create where word == Self.function || word == Self.procedure: .routine
                case .createOrReplace where word == Self.function || word == Self.procedure: .routine
                default: .other
                }
            return
        }
        guard parentheses == 0 else { return }
        if word == Self.begin || (depth > 0 && word == Self.case) {
            depth += 1
        } else if word == Self.end {
            depth = max(0, depth - 1)
        }
    }
}
