extension Verb {
    static let all = files + expectations

    /// What can be expected of what was run.
    static let expectations =
        [
            Verb("exits CODE") { values throws(StepWords.Problem) in .exits(try values.number(0)) }
        ] + Stream.allCases.flatMap(output) + [
            Verb("wrote no report") { _ in .wroteReports(0) },
            Verb("wrote NUMBER reports") { values throws(StepWords.Problem) in
                .wroteReports(try values.number(0))
            },
            Verb("wrote nothing") { _ in .wroteNothing },
            Verb("there is NAME") { .exists($0[0], true) },
            Verb("there is no NAME") { .exists($0[0], false) },
            Verb("permissions of NAME are MODE") { values throws(StepWords.Problem) in
                .permissions(of: values[0], try values.number(1, radix: 8))
            },
            Verb("report FIELD is VALUE") { values throws(StepWords.Problem) in
                .report(try values.one(0, of: ReportField.self), values[1])
            },
            Verb("report lacks \"WORDS\"") { .reportLacks($0[0]) },
            Verb("report counts NUMBER rows in TABLE") { values throws(StepWords.Problem) in
                .rows(try values.number(0), table: values[1])
            },
            Verb("report counts NUMBER tables") { values throws(StepWords.Problem) in .tables(try values.number(0)) },
            Verb("report has no phase PHASE") { .noPhase($0[0]) },
            Verb("report says objective NAME is OUTCOME") { values throws(StepWords.Problem) in
                .objective(values[0], try values.one(1, of: ObjectiveOutcome.self))
            },
            Verb("report has a finding:") { values throws(StepWords.Problem) in
                .finding(try FindingPattern(values.block), true)
            },
            Verb("report has no finding:") { values throws(StepWords.Problem) in
                .finding(try FindingPattern(values.block), false)
            },
            Verb("report complains of \"WORDS\"") { .complaint($0[0]) },
            Verb("report complains of nothing") { _ in .noComplaint },
        ]

    private static func output(_ stream: Stream) -> [Verb] {
        [
            Verb("\(stream) has \"WORDS\"") { .output(stream, .has($0[0])) },
            Verb("\(stream) lacks \"WORDS\"") { .output(stream, .lacks($0[0])) },
            Verb("\(stream) begins with \"WORDS\"") { .output(stream, .begins($0[0])) },
            Verb("\(stream) is empty") { _ in .output(stream, .isEmpty) },
        ]
    }
}
