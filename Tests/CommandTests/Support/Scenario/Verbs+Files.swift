import Foundation

extension Verb {
    /// What can be prepared.
    static let files = [
        Verb("file NAME:") { .write($0[0], text: $0.text) },
        Verb("empty file NAME") { .write($0[0], text: "") },
        Verb("bytes NAME:") { values throws(StepWords.Problem) in .writeBytes(values[0], try bytes(values.block)) },
        Verb("plain dump NAME:") { .writePlainDump($0[0], statements: $0.text) },
        Verb("program NAME:") { .writeProgram($0[0], text: $0.text) },
        Verb("directory NAME") { .makeDirectory($0[0]) },
        Verb("pipe NAME") { .makePipe($0[0]) },
        Verb("link NAME to TARGET") { .link($0[0], to: $0[1]) },
        Verb("turn NAME into a pipe") { .becomePipe($0[0]) },
        Verb("turn NAME into a link to OTHER") { .becomeLink($0[0], to: $0[1]) },
        Verb("copy dump DUMP to NAME") { .copyDump($0[0], to: $0[1]) },
        Verb("remove NAME") { .remove($0[0]) },
        Verb("cut NAME at byte NUMBER") { values throws(StepWords.Problem) in
            .cut(values[0], .at(try values.number(1)))
        },
        Verb("cut NAME at NUMBER percent") { values throws(StepWords.Problem) in
            .cut(values[0], .percent(try values.number(1)))
        },
        Verb("cut NAME by NUMBER bytes") { values throws(StepWords.Problem) in
            .cut(values[0], .beforeEnd(try values.number(1)))
        },
        Verb("cut NAME after \"WORDS\"") { .cut($0[0], .after($0[1])) },
        Verb("cut NAME after the last \"WORDS\"") { .cut($0[0], .afterLast($0[1])) },
        Verb("replace \"WORDS\" by \"OTHERS\" in NAME") { .replace($0[0], by: $0[1], in: $0[2]) },
        Verb("insert before \"WORDS\" in NAME:") { .insert($0.text, before: $0[0], in: $0[1]) },
        Verb("set byte NUMBER of NAME to VALUE") { values throws(StepWords.Problem) in
            .setByte(try values.number(0), of: values[1], to: try values.number(2))
        },
        Verb("flip a bit in NAME") { .flipBit(in: $0[0]) },
        Verb("set permissions of NAME to MODE") { values throws(StepWords.Problem) in
            .setPermissions(of: values[0], try values.number(1, radix: 8))
        },
        Verb("set date of NAME to NUMBER days ago") { values throws(StepWords.Problem) in
            .setDate(of: values[0], .days(-Double(try values.number(1) as Int)))
        },
        Verb("set date of NAME to NUMBER days ahead") { values throws(StepWords.Problem) in
            .setDate(of: values[0], .days(Double(try values.number(1) as Int)))
        },
        Verb("set date of NAME to DAY") { values throws(StepWords.Problem) in
            guard let day = try? Date("\(values[1])T00:00:00Z", strategy: .iso8601) else {
                throw StepWords.Problem(text: "\"\(values[1])\" is not a day such as 2026-11-23")
            }
            return .setDate(of: values[0], .day(day.timeIntervalSince1970))
        },
        Verb("data directory NAME:") { .makeCopy($0[0], .stopped, statements: $0.block) },
        Verb("base backup NAME:") { .makeCopy($0[0], .baseBackup, statements: $0.block) },
        Verb("fill NAME with zeros from byte NUMBER") { values throws(StepWords.Problem) in
            .zero(values[0], from: try values.number(1), to: nil)
        },
        Verb("fill NAME with zeros from byte NUMBER to byte NUMBER") { values throws(StepWords.Problem) in
            .zero(values[0], from: try values.number(1), to: try values.number(2))
        },
        Verb("empty database NAME") { .makeDatabase($0[0], statements: "") },
        Verb("database NAME:") { .makeDatabase($0[0], statements: $0.text) },
    ]

    /// Bytes in hexadecimal; `x 300` at the end of a line repeats what stands before it.
    private static func bytes(_ block: [String]) throws(StepWords.Problem) -> [UInt8] {
        var all: [UInt8] = []
        for line in block {
            var words = line.split(separator: " ")
            var times = 1
            if let sign = words.firstIndex(of: "x"), sign == words.count - 2, let count = Int(words[sign + 1]),
                count > 0
            {
                times = count
                words.removeLast(2)
            }
            let bytes = words.compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
            guard bytes.count == words.count, !bytes.isEmpty else {
                throw StepWords.Problem(text: "\"\(line)\" does not hold bytes such as: 50 47 x 3")
            }
            all += Array(repeatElement(bytes, count: times).joined())
        }
        return all
    }
}
