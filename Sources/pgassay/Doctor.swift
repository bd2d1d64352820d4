import Findings
import Scratch

/// What was found out about this machine.
struct DoctorFinding {
    enum Status: String { case good, bad }

    /// `PostgreSQL`, `Isolation` or `Scratch`.
    let name: String
    let status: Status
    /// What is there; if it is bad, also what to do.
    let words: String
}

/// Finds out what this machine can drill, and how safely. Asks nothing further once something is bad.
func examineMachine() async -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    var subject = "PostgreSQL"
    func good(_ words: String) { findings.append(DoctorFinding(name: subject, status: .good, words: words)) }
    do {
        let installed = try await Installation.findAll()
        for installation in installed {
            good("\(installation.version)  \(installation.directory)\(installation.version.holesInWords)")
        }
        if installed.isEmpty { throw ScratchError.noPostgres(configured: []) }
        subject = "Isolation"
        let fence = try await Fence.ofDrill(account: nil, isolation: .required)
        for line in fence.isolation { good(line) }
        subject = "Scratch"
        let parent = ScratchDirectory.defaultParent
        let place = try ScratchDirectory.existingDirectory(of: parent)
        let free = try freeDiskSpace(at: place)
        let making = place == parent ? "" : " (not there yet; a drill makes it)"
        good("\(parent)\(making), \(HumanUnits.bytes(free)) free")
        try await fence.requireEntry(to: place, of: parent)
    } catch {
        findings.append(DoctorFinding(name: subject, status: .bad, words: String(describing: error)))
    }
    return findings
}
