import FoundationEssentials

/// Which parts of something large were read and found good, and when: files of an export, or parts of a backup. With it, a part can
/// be verified each month, and all of it over a year. It is kept where the verification runs, not with what is verified. It is no
/// evidence: it only decides which parts are read next.
package struct VerificationRecord: Codable, Sendable, Equatable {
    /// Entries by the names of parts.
    private var parts: [String: Entry] = [:]

    private struct Entry: Codable, Equatable {
        /// Of the part that was read. If the part has another one now, it counts as never read.
        var state: String
        /// Seconds since 1970.
        var verified: Double
    }

    package init() {}

    /// What can be read by itself.
    package struct Part: Sendable, Equatable {
        /// Different for each part.
        package let name: String
        package let bytes: Int64
        /// Another one if the part changed, such as its SHA-256.
        package let state: String

        package init(name: String, bytes: Int64, state: String) {
            (self.name, self.bytes, self.state) = (name, bytes, state)
        }
    }

    /// The parts that are read next: first those never read, then those read longest ago, until they have the share of
    /// all bytes.
    /// - Parameters:
    ///   - share: a fraction of 1.
    ///   - again: false leaves out what was read before and has not changed since.
    package func next(of parts: [Part], share: Double, again: Bool = true) -> [Part] {
        let wanted = Double(parts.reduce(0) { $0 + $1.bytes }) * share
        var chosen: [Part] = []
        var bytes: Int64 = 0
        let ordered = parts.filter { again || verified($0) == nil }.map { (part: $0, verified: verified($0) ?? 0) }
            .sorted { ($0.verified, $0.part.name) < ($1.verified, $1.part.name) }
        for (part, _) in ordered where Double(bytes) < wanted {
            chosen.append(part)
            bytes += part.bytes
        }
        return chosen
    }

    package mutating func add(_ part: Part, at time: Date) {
        parts[part.name] = Entry(state: part.state, verified: time.timeIntervalSince1970)
    }

    /// Forgets that a part was good.
    package mutating func remove(_ part: Part) { parts[part.name] = nil }

    /// How much was found good since a time.
    package func coverage(of parts: [Part], since time: Date) -> Coverage {
        let good = parts.filter { (verified($0) ?? 0) >= time.timeIntervalSince1970 && verified($0) != nil }
        return Coverage(
            files: good.count, ofFiles: parts.count, bytes: good.reduce(0) { $0 + $1.bytes },
            ofBytes: parts.reduce(0) { $0 + $1.bytes })
    }

    /// When the first and the last of the parts that are good were read; nil where none was.
    package func times(of parts: [Part]) -> ClosedRange<Date>? {
        let times = parts.compactMap(verified)
        guard let first = times.min(), let last = times.max() else { return nil }
        return Date(timeIntervalSince1970: first)...Date(timeIntervalSince1970: last)
    }

    /// When all of the parts had been read: the time of the one that was read longest ago. Nil where one of them, as it is now, was
    /// never read.
    package func readAgain(_ parts: [Part]) -> Date? {
        let times = parts.map(verified)
        guard !times.contains(nil), let first = times.compactMap({ $0 }).min() else { return nil }
        return Date(timeIntervalSince1970: first)
    }

    /// Seconds since 1970; nil if the part, as it is now, was never read.
    private func verified(_ part: Part) -> Double? {
        parts[part.name].flatMap { $0.state == part.state ? $0.verified : nil }
    }

    /// How much of it all.
    package struct Coverage: Codable, Sendable, Equatable {
        package let files: Int
        package let ofFiles: Int
        package let bytes: Int64
        package let ofBytes: Int64
    }
}
