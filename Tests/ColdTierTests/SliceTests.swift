import ColdTier
import Findings
import Foundation
import Testing

/// Which rows are cold, and which slice they belong to.
@Suite struct SliceTests {
    @Test("Rows without a time, and those before all time, are slices of their own; infinity is never cold")
    func oddTimes() async throws {
        try await ColdDesk.with(
            messages
                + "INSERT INTO messages (text, at) VALUES ('a', NULL), ('b', NULL), ('c', 'infinity'), ('d', '-infinity'), "
                + "('e', '0044-03-15 12:00:00+00 BC'), ('f', '294276-12-31 00:00:00+00');"
        ) { desk in
            let exported = try await desk.export((name: "messages", column: "at"))
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let slices = exported.manifest.tables[0].slices
            #expect(
                slices.map(\.name) == [
                    "-infinity", "0044-03 BC", "2023-10", "2023-11", "2023-12", "__HIVE_DEFAULT_PARTITION__",
                ])
            #expect(slices.map(\.digest.rows) == [1, 1, 31, 30, 31, 2])
            #expect(slices.map(\.minimum).last == .some(nil))
            #expect(exported.findings.contains { $0.subject == "public.messages without a time" }, "they are named")
            #expect(try await desk.verify().judgement.verdict == .passed)
            try await desk.create("target")
            #expect(try await desk.load(into: "target").judgement.verdict == .passed)
            try await desk.expectSame("SELECT * FROM messages WHERE at < '2024-01-01' OR at IS NULL", in: "target")
        }
    }

    @Test("Months begin where the plan's time zone has them begin, over a change of the clocks too")
    func zones() async throws {
        try await ColdDesk.with(messages) { desk in
            let exported = try await desk.export((name: "messages", column: "at"), before: "2023-12-01") {
                $0.slicing.timeZone = "Europe/Sofia"
            }
            let slices = exported.manifest.tables[0].slices
            // Summer time ends on 29 October: the month begins 3 hours before UTC's, and ends 2 before.
            #expect(slices[0].from == "2023-09-30 21:00:00+00")
            #expect(slices[0].to == "2023-10-31 22:00:00+00")
            #expect(slices[1].from == slices[0].to)
            #expect(slices.map(\.digest.rows) == [31, 30])
        }
    }

    @Test("Where clocks go back over the beginning of a month, every row is in one slice and can be read again")
    func clocksBackOverMidnight() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE nights (id int, at timestamptz);
            INSERT INTO nights SELECT i, timestamptz '2020-11-01 02:00:00+00' + i * interval '10 minutes' FROM generate_series(0, 40) i;
            """
        ) { desk in
            let exported = try await desk.export((name: "nights", column: "at"), before: "2021-01-01") {
                $0.slicing.timeZone = "America/Havana"
            }
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let slices = exported.manifest.tables[0].slices
            #expect(slices.map(\.name) == ["2020-10", "2020-11"])
            #expect(slices.reduce(0) { $0 + $1.digest.rows } == 41)
            #expect(slices[0].to == slices[1].from)
        }
    }

    @Test("A period that is cold only in part stays where it is")
    func partly() async throws {
        try await ColdDesk.with(messages) { desk in
            let exported = try await desk.export((name: "messages", column: "at"), before: "2023-12-31 23:00:00+00")
            #expect(exported.manifest.tables[0].slices.map(\.name) == ["2023-10", "2023-11"])
        }
    }

    @Test("Older than by the calendar, in days and years too", arguments: [SlicePeriod.day, .year])
    func periods(_ period: SlicePeriod) async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE visits (day date, who text);
            INSERT INTO visits SELECT (now() AT TIME ZONE 'UTC' - i * interval '30 days')::date, 'x' FROM generate_series(0, 40) i;
            """
        ) { desk in
            let exported = try await desk.export((name: "visits", column: "day")) {
                $0.slicing.by = period
                $0.tables[0].cutoff = .olderThan(CalendarSpan("2y")!)
            }
            let slices = exported.manifest.tables[0].slices
            let cutoff = try await desk.value(
                "SELECT date_trunc('\(period.rawValue)', now() AT TIME ZONE 'UTC' - interval '2 years')::date::text")
            #expect(slices.allSatisfy { $0.maximum! < cutoff! })
            let expected = try await desk.value("SELECT count(*)::text FROM visits WHERE day < '\(cutoff!)'")
            #expect("\(slices.reduce(0) { $0 + $1.digest.rows })" == expected)
            #expect(slices.allSatisfy { $0.directory.contains("/\(period.rawValue)=") })
        }
    }

    @Test("A large relation is read in ranges of pages, into a file each")
    func pages() async throws {
        try await ColdDesk.with(
            """
            CREATE TABLE wide (id int, at timestamptz, filler text);
            ALTER TABLE wide ALTER filler SET STORAGE PLAIN;
            INSERT INTO wide SELECT i, timestamptz '2023-01-01' + i * interval '20 seconds', repeat(md5(i::text), 120)
                FROM generate_series(0, 79999) i;
            """
        ) { desk in
            let exported = try await desk.export((name: "wide", column: "at"), before: "2023-02-01")
            #expect(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let slice = exported.manifest.tables[0].slices[0]
            #expect(slice.parts.count > 1)
            #expect(slice.digest.rows == 80000)
            #expect(slice.parts.allSatisfy { $0.rowGroups > 1 })
        }
    }

    @Test("Nothing cold is nothing exported")
    func nothing() async throws {
        try await ColdDesk.with(messages) { desk in
            let exported = try await desk.export((name: "messages", column: "at"), before: "2020-01-01")
            #expect(exported.findings.isEmpty)
            #expect(exported.manifest.tables[0].slices.isEmpty)
        }
    }
}
