import Testing

@testable import Findings

/// What a person meant who wrote something else.
struct ClosestTests {
    @Test(arguments: [
        ("dril", "drill"), ("dirll", "drill"), ("Drill", "drill"), ("row-count", "row-counts"),
        ("custmers", "customers"), ("repotr", "report"),
    ])
    func theClosestWord(_ written: String, _ meant: String) {
        #expect(
            closest(to: written, among: ["drill", "report", "row-counts", "customers", "orders"]) == meant)
    }

    @Test(arguments: ["frobnicate", "", "x", "find"])
    func nothingIsClose(_ written: String) {
        #expect(closest(to: written, among: ["drill", "report", "row-counts"]) == nil)
    }

    @Test func inASentence() {
        #expect(didYouMean("dril", among: ["drill"]) == " Did you mean drill?")
        #expect(didYouMean("dril", among: []) == "")
    }
}
