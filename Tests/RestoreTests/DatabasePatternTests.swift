import Physical
import PlanKeys
import Testing

@testable import Restore

/// Which databases a plan means.
struct DatabasePatternTests {
    @Test(
        arguments: [
            ("crm", "crm", true), ("crm", "crm2", false), ("crm", "CRM", false), ("*", "", true), ("*", "crm", true),
            ("shop_*", "shop_", true), ("shop_*", "shop_de_2", true), ("shop_*", "shop", false),
            ("shop_?", "shop_1", true),
            ("shop_?", "shop_12", false), ("*_eu", "crm_eu_eu", true), ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1c", false),
            ("?", "é", true), ("crm\u{e9}", "crme\u{301}", false), ("**", "x", true), ("", "", true), ("", "x", false),
        ] as [(String, String, Bool)])
    func fits(_ pattern: String, _ name: String, _ fits: Bool) {
        #expect(DatabasePattern(pattern).fits(name) == fits)
    }

    private static let databases = [
        SharedCatalogue.Database(name: "crm", isTemplate: false, takesConnections: true),
        SharedCatalogue.Database(name: "model", isTemplate: true, takesConnections: true),
        SharedCatalogue.Database(name: "postgres", isTemplate: false, takesConnections: true),
        SharedCatalogue.Database(name: "shop_de", isTemplate: false, takesConnections: true),
        SharedCatalogue.Database(name: "shop_old", isTemplate: false, takesConnections: false),
        SharedCatalogue.Database(name: "template0", isTemplate: true, takesConnections: false),
    ]

    private static func choose(_ patterns: String...) throws -> ChosenDatabases {
        try ChosenDatabases(patterns.map(DatabasePattern.init), among: databases, besides: ["postgres"], .recovery)
    }

    @Test func aPatternMeansOrdinaryDatabases() throws {
        #expect(try Self.choose("*").checked == ["crm", "shop_de"])
        #expect(try Self.choose("*").closed == ["shop_old"])
        #expect(try Self.choose("shop_*").checked == ["shop_de"])
        #expect(try Self.choose("shop_*", "crm", "*").checked == ["crm", "shop_de"])
    }

    @Test func aNameMeansAnyDatabase() throws {
        #expect(try Self.choose("postgres", "model").checked == ["model", "postgres"])
        #expect(try Self.choose("postgres").closed == [])
    }

    @Test func whatMeansNothingIsRefused() {
        func error(_ patterns: String...) -> String? {
            do {
                _ = try ChosenDatabases(
                    patterns.map(DatabasePattern.init), among: Self.databases, besides: ["postgres"], .recovery)
                return nil
            } catch { return error.description }
        }
        #expect(error("crm", "erp*")?.contains("no database erp*; it has crm, postgres, shop_de.") == true)
        #expect(error("erp")?.contains("\(PlanKey.recoveryDatabases)") == true)
        #expect(error("mode?")?.contains("no database mode?") == true, "a pattern means no template")
        #expect(error("shop_old")?.contains("takes no connections") == true)
        #expect(error("shop_o*")?.contains("takes no connections") == true)
    }

    @Test func aNameGoesBeforeAPattern() {
        let patterns = ["shop_*", "shop_de", "*"].map(DatabasePattern.init)
        #expect(patterns.meaning("shop_de")?.text == "shop_de")
        #expect(patterns.meaning("shop_at")?.text == "shop_*")
        #expect(patterns.meaning("crm")?.text == "*")
        #expect(patterns.dropLast().map(\.self).meaning("crm") == nil)
    }
}
