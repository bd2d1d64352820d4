import Findings
import Report
import Status
import Testing

@Suite struct ConcernTests {
    @Test func aPlanThatPassedInTimeIsGood() throws {
        var watched = Watched()
        watched.drill(0, within: 8 * 86_400)
        let overview = try watched.overview(7)
        #expect(overview.severity == nil)
        #expect(overview.text.written(color: false).hasPrefix("GOOD: 1 plan, nothing to attend to."))
    }

    @Test("A plan that is named and has no drill is told; others are not looked at")
    func neverDrilled() throws {
        var watched = Watched()
        watched.drill(0, plan: "other", .failed, cause: .backup)
        let overview = try watched.overview(1, plans: [StatusFacts.WatchedPlan(name: "shop", within: 86_400)])
        #expect(overview.plans.map(\.plan) == ["shop"])
        #expect(overview.plans[0].concerns.map(\.kind) == [.neverDrilled])
        #expect(overview.severity == .now)
    }

    @Test func aPassThatIsTooLongAgoIsTold() throws {
        var watched = Watched()
        watched.drill(0, within: 8 * 86_400)
        #expect(try watched.kinds(8) == [])
        #expect(try watched.kinds(8.1) == [.passTooOld])
        // What the named plan says holds, and not what the ledger remembers.
        let plans = [StatusFacts.WatchedPlan(name: "shop", within: 30 * 86_400)]
        #expect(try watched.overview(8.1, plans: plans).severity == nil)
    }

    @Test("A failing plan is told with its cause, since when, and its newest report")
    func failing() throws {
        var watched = Watched()
        watched.drill(0)
        watched.drill(1, .failed, cause: .backup)
        watched.drill(2, .inconclusive, cause: .environment)
        watched.drill(3, .failed, cause: .objective)
        let concerns = try watched.overview(3.5).plans[0].concerns
        #expect(concerns.map(\.kind) == [.failing])
        #expect(
            concerns[0].words
                == "its last drill, 12 h ago, failed (cause: objective), 3 drills, since 2027-01-02 00:00:00 UTC: see shop-3.0.dsse.json"
        )
        watched.drill(4)
        #expect(try watched.kinds(4) == [])
        watched.drill(5, .inconclusive, cause: .environment)
        #expect(try watched.overview(5).plans[0].severity == .soon)
    }

    @Test("A failure whose report is gone is known from the ledger")
    func reportIsGone() throws {
        var watched = Watched()
        watched.drill(0)
        watched.drill(1, .failed, cause: .backup)
        watched.reports.removeLast()
        #expect(try watched.kinds(2) == [.failing])
    }

    @Test func aDrillWithoutAnEndIsToldOnceItCannotRunAnyMore() throws {
        var watched = Watched()
        watched.drill(0)
        watched.begin(1)
        #expect(try watched.kinds(1.01) == [])
        #expect(try watched.kinds(1.1) == [.unended])
        // The next one has begun, so that one was killed.
        watched.begin(1.005)
        #expect(try watched.kinds(1.01) == [.unended])
        watched.drill(2)
        #expect(try watched.kinds(2) == [])
    }

    @Test("A backup that is older than the plan allows, at the drill or long after it")
    func backupAge() throws {
        func watched(met: Bool) -> Watched {
            var watched = Watched()
            watched.drill(0, .passed, within: 8 * 86_400) { report in
                (report.backup.created, report.backup.createdBasis) = (Watched.time(-1), "the archive")
                report.objectives.backupAge = Report.Objective(target: 86_400, measured: 86_400, met: met)
            }
            return watched
        }
        #expect(try watched(met: true).kinds(7) == [])
        #expect(try watched(met: false).kinds(7) == [.backupTooOld])
        #expect(try watched(met: true).kinds(8.5) == [.passTooOld, .backupTooOld])
    }

    @Test("What grows is told before it misses its objective")
    func worsening() throws {
        func kinds(_ seconds: [Double]) throws -> [Concern.Kind] {
            var watched = Watched()
            for (day, time) in seconds.enumerated() {
                watched.drill(Double(day)) {
                    $0.objectives.recoveryTime = Report.Objective(target: 900, measured: time)
                }
            }
            return try watched.kinds(Double(seconds.count))
        }
        #expect(try kinds([100, 101, 99, 100, 102, 100]) == [])
        #expect(try kinds([100, 101, 99, 151, 160, 170]) == [.worsening])
        // One slow drill is no trend; a few seconds more are no matter; two drills are no past.
        #expect(try kinds([100, 101, 99, 100, 900, 100]) == [])
        #expect(try kinds([1, 1, 1, 2, 2, 2]) == [])
        #expect(try kinds([100, 100, 400, 400, 400]) == [])
    }

    @Test func aReportThatWaitsForApprovalIsTold() throws {
        var watched = Watched()
        watched.drill(0) { $0.approval = ["operator", "reviewer"] }
        let concerns = try watched.overview(1).plans[0].concerns
        #expect(concerns.map(\.kind) == [.approval])
        #expect(concerns[0].words.hasSuffix("waits for approval by reviewer"))
    }

    /// An approval in the ledger counts, unless the reader knows that it does not.
    @Test func anApprovalThatDoesNotCountLeavesAReportWaiting() throws {
        var watched = Watched()
        watched.drill(0) { $0.approval = ["operator", "reviewer"] }
        watched.approve(0.5, "shop-0.0", as: "reviewer", file: "a")
        var facts = try watched.facts(1)
        #expect(StatusOverview(facts).plans[0].concerns == [])
        facts.refusedApprovals = ["a"]
        #expect(StatusOverview(facts).plans[0].concerns.map(\.kind) == [.approval])
    }

    @Test func aClockThatIsBehindIsTold() throws {
        var watched = Watched()
        watched.drill(1)
        let overview = try watched.overview(0.5)
        #expect(overview.concerns.map(\.kind) == [.clock])
        #expect(overview.severity == .now)
    }

    @Test func theMostUrgentIsFirst() throws {
        var watched = Watched()
        watched.drill(0, .inconclusive, cause: .environment, within: 86_400)
        #expect(try watched.kinds(3) == [.passTooOld, .couldNotTell])
    }
}
