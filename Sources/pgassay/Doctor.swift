import Evidence
import Findings
import Foundation
import Postgres
import Scratch

/// What was found out about this machine, or about a plan on it.
struct DoctorFinding: Encodable {
    enum Status: String, Encodable {
        case good
        /// Drills run, and somebody should know of it.
        case note
        /// Drills do not run, or not as they should.
        case bad
    }

    /// `PostgreSQL`, `Isolation`, `Scratch` and others: the first word of its line.
    let name: String
    let status: Status
    /// What is there.
    let words: String
    /// What to do about it; nil if it is good, or if `words` say it.
    var mend: String?

    static func good(_ name: String, _ words: String) -> Self { Self(name: name, status: .good, words: words) }
    static func note(_ name: String, _ words: String, mend: String? = nil) -> Self {
        Self(name: name, status: .note, words: words, mend: mend)
    }
    static func bad(_ name: String, _ words: String, mend: String? = nil) -> Self {
        Self(name: name, status: .bad, words: words, mend: mend)
    }
}

/// Finds out what this machine can drill, and how safely.
func examineMachine() async -> [DoctorFinding] {
    await servers() + isolation() + memory() + clock()
}

private func servers() async -> [DoctorFinding] {
    let name = "PostgreSQL"
    do {
        try requireLibPQ()
        // Each is asked, so that one that does not run any more is found.
        let installed = try await Installation.findAll(cache: nil)
        if installed.isEmpty { throw ScratchError.noPostgres(configured: []) }
        return installed.map { installation in
            let words = "\(installation.version)  \(installation.directory)\(installation.version.holesInWords)"
            return installation.version.holesInWords.isEmpty
                ? .good(name, words) : .note(name, words, mend: "install the newest minor version")
        }
    } catch {
        return [.bad(name, "\(error)")]
    }
}

/// The walls around a drill, and the directory in which they stand.
private func isolation() async -> [DoctorFinding] {
    var (name, findings) = ("Isolation", [DoctorFinding]())
    do {
        let fence = try await Fence.ofDrill(account: nil, isolation: .required)
        findings += fence.isolation.map { .good(name, $0) }
        name = "Scratch"
        let parent = ScratchDirectory.defaultParent
        let place = try ScratchDirectory.existingDirectory(of: parent)
        let free = try freeDiskSpace(at: place)
        let making = place == parent ? "" : " (not there yet; a drill makes it)"
        findings.append(.good(name, "\(parent)\(making), \(HumanUnits.bytes(free)) free"))
        try await fence.requireEntry(to: place, of: parent)
    } catch {
        findings.append(.bad(name, "\(error)"))
    }
    return findings
}

/// A scratch server with its checks takes about this much, in bytes.
private let enoughMemory: Int64 = 1 << 30

private func memory() -> [DoctorFinding] {
    let name = "Memory"
    // proc(5): `MemAvailable:   12345 kB`.
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
        let kilobytes = text.firstMatch(of: /MemAvailable: *([0-9]{1,15}) kB/).flatMap({ Int64($0.1) })
    else { return [.note(name, "/proc/meminfo does not say how much is free")] }
    let words = "\(HumanUnits.bytes(kilobytes * 1024)) can be had"
    return [
        kilobytes * 1024 >= enoughMemory
            ? .good(name, words)
            : .note(
                name, words, mend: "a drill needs about \(HumanUnits.bytes(enoughMemory)): drill when less else runs")
    ]
}

/// Shows the time, so that the reader can see whether the clock is right: a wrong clock makes every age wrong. With a plan, doctor
/// also says if the backup is of a time in the future.
private func clock() -> [DoctorFinding] { [.good("Clock", Timestamp.plain(Date()))] }
