import Findings
import Report
import Status
import Testing

/// What may go, and what stays whatever its age.
@Suite struct RetentionTests {
    @Test func oldReportsThatNobodyNeeds() throws {
        var watched = Watched()
        watched.drill(0)
        watched.drill(1) { $0.approval = ["operator", "reviewer"] }
        watched.drill(2)
        watched.drill(3, .failed, cause: .backup)
        watched.drill(0.5, plan: "other", .failed, cause: .backup)
        watched.drill(9, plan: "other")
        let retention = Retention(try watched.facts(100), before: Watched.time(50))
        #expect(retention.removable.map(\.file) == ["shop-0.0.dsse.json", "other-0.5.dsse.json"])
        #expect(retention.removable[0].entries.map(\.index) == [1])
        #expect(
            retention.kept.map(\.reason) == [
                "it waits for approval", "it is of the last drill of plan shop that passed",
                "it is of the last drill of plan shop", "it is of the last drill of plan other",
            ])
        #expect(
            Retention(try watched.facts(100), before: Watched.time(0.5)).removable.map(\.file) == ["shop-0.0.dsse.json"]
        )
    }

    @Test func aReportWithoutAnEntryStays() throws {
        var watched = Watched()
        watched.drill(0)
        watched.drill(1)
        watched.entries = []
        let retention = Retention(try watched.facts(100), before: Watched.time(50))
        #expect(retention.removable.isEmpty)
        #expect(retention.kept[0].reason == "the ledger has no entry of it, so nothing would be left of that drill")
    }
}
