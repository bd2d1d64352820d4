import Files

/// Along which timelines a server replays that goes to the newest one (`readTimeLineHistory`, `XLogFileReadAnyTLI`).
struct LogTimelines: Sendable, Equatable {
    /// The newest first, each with the segment in which it begins.
    private let timelines: [(timeline: UInt32, begin: UInt64)]

    static func == (one: LogTimelines, other: LogTimelines) -> Bool {
        one.timelines.elementsEqual(other.timelines, by: ==)
    }

    /// - Parameter histories: the history files that there are, by timeline.
    init(from first: UInt32, segmentSize: UInt64, histories: [UInt32: String]) {
        var found: [(UInt32, UInt64)] = [(first, 0)]
        for (newest, text) in histories.sorted(by: { $0.key > $1.key }) where newest > first {
            let switches = Self.switches(in: text)
            guard let own = switches.firstIndex(where: { $0.timeline == first }) else { continue }
            // Each timeline begins where the one before it was left.
            let later = switches[own...]
            let names = later.dropFirst().map(\.timeline) + [newest]
            found += zip(names, later).map { ($0, $1.position.value / segmentSize) }
            break
        }
        timelines = found.reversed()
    }

    /// The timelines whose segment of this number a server would take, the one that it takes first in front.
    func candidates(_ number: UInt64) -> [UInt32] { timelines.filter { $0.begin <= number }.map(\.timeline) }

    /// A history file names in each line a timeline, where it was left, and why.
    private static func switches(in text: String) -> [(timeline: UInt32, position: LogPosition)] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard fields.count >= 2, let timeline = UInt32(fields[0]), let position = LogPosition(fields[1]) else {
                return nil
            }
            return (timeline, position)
        }
    }
}

extension WriteAheadLog {
    /// - Throws: ``Files/FileError`` where a history file cannot be read.
    func timelines(for need: Need) throws -> LogTimelines {
        var texts: [UInt32: String] = [:]
        for (name, file) in histories where file.state.size <= Self.longestHistory {
            guard let timeline = UInt32(name.prefix(8), radix: 16) else { continue }
            // Where it is compressed, what it says is not known, and the log is followed without it.
            texts[timeline] = String(decoding: try file.head(Int(file.state.size)), as: UTF8.self)
        }
        return LogTimelines(from: need.timeline, segmentSize: need.segmentSize, histories: texts)
    }

    /// The segment of this number that a server takes; nil where there is none.
    /// - Parameter reached: the timeline of the segment before. A server never goes back to an older one.
    func segment(
        _ number: UInt64, along timelines: LogTimelines, from reached: UInt32, _ need: Need
    ) -> (LogSegment, Source)? {
        for timeline in timelines.candidates(number) where timeline >= reached {
            let segment = LogSegment(timeline: timeline, number: number, size: need.segmentSize)
            if let source = segments[segment] { return (segment, source) }
        }
        return nil
    }
}
