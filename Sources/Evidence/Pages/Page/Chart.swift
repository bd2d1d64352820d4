import Evidence
import Findings
import FoundationEssentials
import Report

/// One figure over the drills of a plan, drawn: a point for each drill, whose shape tells its verdict.
struct Chart: Sendable {
    let title: String
    /// The last value.
    let last: String
    /// All of it in a sentence, for those who do not see the picture.
    let words: String
    let points: [Point]
    /// Of the line through the points: `12.0,40.1 20.0,39.2`.
    let line: String
    /// What the highest line of the plot stands for.
    let top: String
    let firstDay: String
    let lastDay: String
    let target: Target?

    struct Point: Sendable {
        let x: String
        let y: String
        /// `2026-11-23: 4 m 12 s, passed`.
        let words: String
        let isPassed: Bool
        let isFailed: Bool
        let isUnsure: Bool
    }

    struct Target: Sendable {
        let y: String
        let words: String
    }

    // The picture, in units of its own; the template has the same numbers.
    private static let (left, right, above, below) = (8.0, 332.0, 18.0, 104.0)

    static func all(of drills: [Report]) -> [Chart] {
        func chart(
            _ title: String, _ text: (Double) -> String, target: Double? = nil, _ value: (Report) -> Double?
        ) -> Chart? {
            Chart(title, drills.compactMap { drill in value(drill).map { (drill, $0) } }, text, target: target)
        }
        let last = drills.last?.objectives
        return [
            chart("Recovery time", HumanUnits.duration, target: last?.recoveryTime?.target) {
                $0.objectives.recoveryTime?.measured
            },
            chart("Recovery point", HumanUnits.duration, target: last?.recoveryPoint?.target) {
                $0.objectives.recoveryPoint?.measured
            },
            chart("Size of the backup", { HumanUnits.bytes(Int64($0)) }) { $0.backup.bytes.map(Double.init) },
            chart("Length of the drill", HumanUnits.duration) { $0.finished.timeIntervalSince($0.started) },
        ].compactMap { $0 }
    }

    /// - Parameter values: in the order of their drills.
    /// - Returns: nil if there are less than two values.
    private init?(
        _ title: String, _ values: [(drill: Report, value: Double)], _ text: (Double) -> String, target: Double?
    ) {
        let values = values.filter { $0.value.isFinite && abs($0.value) < 1e18 }.map { ($0.drill, max(0, $0.value)) }
        guard values.count > 1, let first = values.first, let last = values.last,
            let largest = values.map(\.1).max(), let smallest = values.map(\.1).min()
        else { return nil }
        // A target that is far away would flatten what is drawn; the words have it.
        let isTargetDrawn = target.map { $0 > 0 && $0 <= largest * 3 } ?? false
        let highest = max(largest, isTargetDrawn ? target ?? 0 : 0)
        let span = last.0.started.timeIntervalSince(first.0.started)
        func x(_ index: Int, _ drill: Report) -> Double {
            let share =
                span > 0
                ? drill.started.timeIntervalSince(first.0.started) / span
                : Double(index) / Double(values.count - 1)
            return Self.left + share * (Self.right - Self.left)
        }
        func y(_ value: Double) -> Double {
            Self.below - (highest > 0 ? value / highest : 0) * (Self.below - Self.above)
        }
        self.title = title
        self.last = text(last.1)
        let places = values.enumerated().map {
            (Numeral.text(x($0.offset, $0.element.0), places: 1), Numeral.text(y($0.element.1), places: 1))
        }
        line = places.map { "\($0.0),\($0.1)" }.joined(separator: " ")
        points = zip(values, places).map { value, place in
            let (drill, number) = value
            return Point(
                x: place.0, y: place.1,
                words: "\(Timestamp.day(drill.started)): \(text(number)), \(Mark(drill.verdict, drill.cause).word)",
                isPassed: drill.verdict == .passed, isFailed: drill.verdict == .failed,
                isUnsure: drill.verdict == .inconclusive)
        }
        top = text(highest)
        (firstDay, lastDay) = (Timestamp.day(first.0.started), Timestamp.day(last.0.started))
        self.target =
            isTargetDrawn
            ? target.map { Target(y: Numeral.text(y($0), places: 1), words: "target \(text($0))") } : nil
        let range =
            text(smallest) == text(largest) ? "always \(text(largest))" : "\(text(smallest)) to \(text(largest))"
        words =
            "\(range), of \(counted(values.count, "drill"))" + (target.map { "; target \(text($0))" } ?? "")
    }
}

extension Timestamp {
    /// `2026-11-23`, in UTC.
    static func day(_ date: Date) -> String { String(plain(date).prefix(10)) }
}
