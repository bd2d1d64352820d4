import Archive
import Causes
import Findings

/// An error during a restore, and its cause.
package struct RestoreProblem: Sendable, Equatable {
    /// What was being restored: `FK CONSTRAINT public.fields fields_farmer_id_fkey`, or the place in the dump.
    package var subject: String
    /// The server's SQLSTATE; nil if a program reported the error and not the server.
    package var sqlState: String?
    /// The message, without row values.
    package var message: String
    package var judgement: ProblemJudgement
    /// True if rows that the backup has may be missing because of it.
    var losesRows = false
    /// Where the same was met as well.
    package var alsoIn: [String] = []
    /// True if it is no error, and told in every report.
    package var isTold = false
    /// The database that it is about, where that is not the one that is checked; else nil.
    package var database: String?
}

extension RestoreProblem {
    /// A problem with the cause that the table of all causes gives it; nothing else decides causes.
    init(subject: String, sqlState: String? = nil, message: String, rule: CauseRule, losesRows: Bool = false) {
        self.init(
            subject: subject, sqlState: sqlState, message: message, judgement: ProblemJudgement(rule),
            losesRows: losesRows)
    }
}

/// The cause of a problem.
package enum ProblemJudgement: Sendable, Equatable {
    case backup(String)
    case environment(String)
    /// Nothing is missing because of it.
    case harmless(String)

    init(_ rule: CauseRule) {
        self =
            switch rule.cause {
            case .backup: .backup(rule.reason)
            case .environment, .expectation, .objective, .interrupted: .environment(rule.reason)
            case nil: .harmless(rule.reason)
            }
    }

    /// With what explains it.
    func adding(_ explanation: String) -> ProblemJudgement {
        switch self {
        case .backup(let reason): .backup("\(reason): \(explanation)")
        case .environment(let reason): .environment("\(reason): \(explanation)")
        case .harmless(let reason): .harmless("\(reason): \(explanation)")
        }
    }

    package var reason: String {
        switch self {
        case .backup(let reason), .environment(let reason), .harmless(let reason): reason
        }
    }

    package var cause: Cause? {
        switch self {
        case .backup: .backup
        case .environment: .environment
        case .harmless: nil
        }
    }
}

/// An error as a program printed it, before it is judged.
struct RawProblem: Sendable, Equatable {
    /// The TOC entry as the program refers to it; nil if it named none.
    var entry: EntryReference?
    var sqlState: String?
    /// The primary message. May quote row values.
    var message: String
    /// `COPY t, line 3, …`. May quote row values.
    var context: String?
    /// The statement that failed, its first words only.
    var statement: String?
    /// Names the server gave: `table`, `constraint`.
    var names: [String: String] = [:]
    /// True if the program itself reported the error, and not the server.
    var isFromProgram = false
    /// Of a plain dump: the table of the COPY that failed.
    var table: CopiedTable?
    /// Of a plain dump: what the statement that failed makes or changes.
    var definedObject: String?
    /// Of a plain dump: the table of the INSERT that failed.
    var insertedTable: CopiedTable?
    /// Names of objects in the statement that failed.
    var statementNames: Set<String> = []
    /// How many rows of the dump followed a COPY that the server refused.
    var rowsLost: Int64?
    /// True if the program says that a COPY failed, or that it is about an entry of rows.
    var isOfRows = false
    /// True if it is about something that belongs to an extension.
    var isOfExtension = false
    /// What the restored database shows of it (``Explanations``).
    var named: Naming?
    var dependsOn: Set<Dependence> = []
    /// The same in words: names of objects, and no value.
    var explanation: String?
    /// True if the statement comes after the closing comment of a plain dump.
    var isBehindEnd = false

    /// It refused or ended a statement that brings rows, or a program or the machine gave up, so that rows which were
    /// being loaded are not there.
    var mayLoseRows: Bool {
        guard let sqlState, !isOfCopy, statement?.bringsRows != true else { return true }
        return sqlState != "58P01" && ["08", "53", "54", "57", "58", "XX"].contains(sqlState.prefix(2))
    }

    /// True if it is about a row that was being loaded.
    var isOfCopy: Bool { isOfRows || copyContext != nil }

    /// The function in which the error was met, without its schema: `PL/pgSQL function public.f(integer) line 3 at RETURN`, or `SQL
    /// function "f" statement 1`.
    var callingFunction: String? {
        context?.split(separator: "\n").lazy.compactMap { line in
            line.firstMatch(of: /^(?:PL\/\w+|SQL) function "?(?:[A-Za-z_][A-Za-z0-9_$]*\.)?([A-Za-z_][A-Za-z0-9_$]*)/)
        }.first.map { String($0.1) }
    }

    /// `t, line 3, column r: …`. The lines of a context lead from the innermost function to the COPY.
    var copyContext: String? {
        context?.split(separator: "\n").lazy.compactMap { String($0).after("COPY ") }.first
    }
}

/// Where an error came from.
enum EntryReference: Sendable, Equatable {
    /// By dump id.
    case entry(Int32)
    /// By line of the script.
    case line(Int)
}
