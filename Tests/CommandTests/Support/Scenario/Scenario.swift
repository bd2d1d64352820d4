import Testing

/// One case of a scenario file: what is prepared, what is run, what must come of it.
struct Scenario: Sendable, CustomTestStringConvertible {
    /// The name of the file, such as `help.txt`.
    let file: String
    /// Where the case begins in it, from 1.
    let line: Int
    let title: String
    /// Of a case that is in a page for people; nil for every other.
    var note: ScenarioNote?
    /// The steps, or what is wrong with how they are written.
    let steps: Result<[Step], ScenarioError>

    var testDescription: String { "\(file): \(title)" }
}

/// One line of a scenario, with the block below it.
struct Step: Sendable {
    /// From 1.
    let line: Int
    let action: Action
}

/// A scenario that is not written as a scenario must be.
struct ScenarioError: Error, Equatable, CustomStringConvertible {
    let file: String
    let line: Int
    let problem: String

    var description: String { "\(file):\(line): \(problem)" }
}

/// What a step does, or what it expects.
enum Action: Sendable {
    // What is prepared. Names are relative to the directory of the scenario.
    case write(String, text: String)
    case writeBytes(String, [UInt8])
    case writePlainDump(String, statements: String)
    case writeProgram(String, text: String)
    case makeDirectory(String)
    case makePipe(String)
    case link(String, to: String)
    case becomePipe(String)
    case becomeLink(String, to: String)
    case copyDump(String, to: String)
    case remove(String)
    case cut(String, Cut)
    case replace(String, by: String, in: String)
    case insert(String, before: String, in: String)
    case setByte(Int, of: String, to: UInt8)
    case flipBit(in: String)
    case setPermissions(of: String, Int)
    case setDate(of: String, ScenarioDate)
    case makeDatabase(String, statements: String)
    case makeCopy(String, ServerCopy, statements: [String])
    case zero(String, from: Int, to: Int?)

    // What is run: a program, its arguments and its environment beside the desk's.
    case run(String, [String], [String: String])

    // What must have come of it.
    case exits(Int32)
    case output(Stream, TextCondition)
    case wroteReports(Int)
    case wroteNothing
    case exists(String, Bool)
    case permissions(of: String, Int)
    case report(ReportField, String)
    case reportLacks(String)
    case rows(Int64, table: String)
    case tables(Int)
    case noPhase(String)
    case objective(String, ObjectiveOutcome)
    case finding(FindingPattern, Bool)
    case complaint(String)
    case noComplaint

    var isExpectation: Bool {
        switch self {
        case .exits, .output, .wroteReports, .wroteNothing, .exists, .permissions, .report, .reportLacks, .rows,
            .tables,
            .noPhase, .objective, .finding, .complaint, .noComplaint:
            true
        default: false
        }
    }
}

enum Stream: String, Sendable, CaseIterable { case stdout, stderr }

enum TextCondition: Sendable {
    case has(String)
    case lacks(String)
    case begins(String)
    case isEmpty
}

/// How the files of a server are copied.
enum ServerCopy: Sendable { case stopped, baseBackup }

/// When a file was last written.
enum ScenarioDate: Sendable {
    /// Days from now; negative ones are past.
    case days(Double)
    /// A day at midnight in UTC, in seconds since 1970.
    case day(Double)
}

/// What a line can ask of a report.
enum ReportField: String, Sendable, CaseIterable {
    case verdict, cause, format, compression, location, account, signed
}

enum ObjectiveOutcome: String, Sendable, CaseIterable { case met, missed, open }
