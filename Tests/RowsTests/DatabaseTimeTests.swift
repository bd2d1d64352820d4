import Rows
import Testing

@Suite struct DatabaseTimeTests {
    /// What PostgreSQL prints, in ascending order within each type.
    static let ascending: [[String]] = [
        [
            "-infinity", "4714-11-24 00:00:00+00 BC", "0044-03-15 12:00:00+00 BC", "0001-12-31 23:59:59.999999+00 BC",
            "0001-01-01 00:00:00+00", "1582-10-10 00:00:00+00", "1969-12-31 23:59:59.9+00", "1970-01-01 00:00:00+00",
            "2000-02-29 00:00:00+00", "2022-07-01 12:00:00+00", "2022-07-01 12:00:00.000001+00",
            "2022-07-01 12:00:00.1+00", "2022-07-01 12:00:00.123456+00", "9999-12-31 23:59:59.999999+00",
            "10000-01-01 00:00:00+00", "294276-12-31 23:59:59.999999+00", "infinity",
        ],
        [
            "-infinity", "4714-11-24 00:00:00 BC", "0005-02-29 00:00:00 BC", "0001-01-01 00:00:00",
            "2022-07-01 12:00:00.1", "2022-07-01 12:00:00.12", "294276-12-31 23:59:59.999999", "infinity",
        ],
        [
            "-infinity", "4714-11-24 BC", "0001-12-31 BC", "0001-01-01", "2024-02-29", "2024-03-01", "9999-12-31",
            "10000-01-01", "5874897-12-31", "infinity",
        ],
    ]

    @Test("What PostgreSQL prints is read, in its order, and printed as it was", arguments: ascending)
    func known(_ texts: [String]) throws {
        let times = try texts.map { try #require(DatabaseTime($0), "\($0)") }
        #expect(times.map(\.description) == texts)
        for (index, time) in times.enumerated() {
            #expect(time == time)
            for other in times[..<index] { #expect(other < time && !(time < other) && time != other) }
        }
        #expect(times.map(\.isInfinite) == texts.map { $0.hasSuffix("infinity") })
    }

    @Test("Days follow upon each other for all of the calendar's cycle, before our era and after")
    func everyDay() throws {
        var last = try #require(DatabaseTime("0402-12-31 BC"))
        var wrong: [String] = []
        var days = 0
        for year in -400...401 {
            for month in 1...12 {
                for day in 1...31 {
                    let number = String(year > 0 ? year : 1 - year)
                    let padded = String(repeating: "0", count: 4 - number.count) + number
                    let text =
                        "\(padded)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)\(year > 0 ? "" : " BC")"
                    guard let time = DatabaseTime(text) else {
                        if day <= 28 { wrong.append(text) }
                        continue
                    }
                    if time <= last || time.description != text { wrong.append(text) }
                    last = time
                    days += 1
                }
            }
        }
        #expect(wrong == [])
        // Two cycles of 400 years, the year -400, which has 366 days, and the year 401.
        #expect(days == 2 * 146_097 + 366 + 365)
    }

    @Test("Days are counted from 1970")
    func days() throws {
        for (text, days) in [
            ("1970-01-01", 0), ("1969-12-31 23:59:59", -1), ("2000-01-01", 10957), ("0001-12-31 BC", -719_163),
        ] { #expect(try #require(DatabaseTime(text)).days == days) }
    }

    @Test(
        "What PostgreSQL would not print is no time",
        arguments: [
            "", "\\N", "now", "Infinity", "infinity ", "+infinity", "infinit", "2022", "2022-07", "2022-7-1",
            "2022-07-01T12:00:00+00", "2022-07-01 12:00", "2022-07-01 12:00:00Z", "2022-07-01 12:00:00+01",
            "2022-07-01 12:00:00+00:00", "2022-07-01 12:00:00-00", "2022-07-01 24:00:00", "2022-07-01 12:60:00",
            "2022-07-01 12:00:60", "2022-07-01 12:00:00.", "2022-07-01 12:00:00.10", "2022-07-01 12:00:00.0",
            "2022-07-01 12:00:00.1234567", "2022-13-01", "2022-00-01", "2022-01-00", "2022-01-32", "2023-02-29",
            "1900-02-29", "2022-04-31", "0000-01-01", "02022-01-01", "12345678-01-01", "-2022-01-01", "2022-01-01BC",
            "2022-01-01 AD", "2022-01-01 BC ", " 2022-01-01", "2022-01-01 ", "2022-01-01+00", "01.07.2022",
            "2022-07-01 12:00:00 +00", "２０２２-01-01", "0004-02-29 BC", "5874898-01-01", "294277-01-01 00:00:00",
            "4715-01-01 BC", "٢٠٢٢-٠٧-٠١",
        ])
    func refused(_ text: String) { #expect(DatabaseTime(text) == nil) }

    @Test("A range has the smallest and the largest, and NULL is neither")
    func range() {
        var range = TimeRange()
        #expect(range.minimum == nil && range.maximum == nil)
        for text in ["\\N", "2022-07-02", "2022-07-01", "2022-07-03", "\\N"] {
            #expect(Array(text.utf8).withUnsafeBytes { range.add(field: $0) })
        }
        #expect(range.minimum?.description == "2022-07-01")
        #expect(range.maximum?.description == "2022-07-03")
        #expect(Array("tomorrow".utf8).withUnsafeBytes { !range.add(field: $0) })

        var other = TimeRange()
        other.add(.infinity)
        other.add(.minusInfinity)
        other.add(TimeRange())
        range.add(other)
        #expect(range.minimum == .minusInfinity && range.maximum == .infinity)
    }
}
