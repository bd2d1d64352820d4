import Findings
import Physical

extension IncrementalBackup {
    /// Reads every backup of the chain, and the log of the last: it is what a recovery begins with.
    package mutating func inspectAlone(_ setting: InspectionSetting) async throws -> [Finding] {
        var findings: [Finding] = []
        var before: Int64 = 0
        let total = chain.bytes
        for (index, link) in chain.links.enumerated() {
            let start = before
            let backup = PhysicalBackup(directory: link, clock: clock)
            let only = setting.only.map { chosen in
                Set((backup.parts ?? []).map(\.name).filter { chosen.contains(Self.name($0, of: link)) })
            }
            var ofLink = setting
            ofLink.only = only
            ofLink.progress = { done, bytes in setting.progress(start + done, max(total, start + bytes)) }
            let own = try await backup.inspectAlone(ofLink, followsLog: index == chain.links.count - 1)
            before += link.bytes
            findings += own.map { $0.of(link) }
            if index > 0 { findings += link.filesWithoutBase(in: chain.links[index - 1]).map { Finding($0).of(link) } }
        }
        return findings + linksOfOtherServers
    }

    /// Links of another server than the last. A `pg_control` that cannot be read is told of its link already.
    private var linksOfOtherServers: [Finding] {
        func system(_ link: DataDirectory) -> UInt64? { (try? ControlFile(of: link))?.systemIdentifier }
        guard let own = system(last) else { return [] }
        return chain.links.compactMap { link in
            guard let other = system(link), other != own else { return nil }
            let problem =
                "it is of another server: its system identifier is \(other), and that of the last backup \(own)"
            return Finding(FileFlaw(path: ControlFile.fileName, problem: problem)).of(link)
        }
    }
}

extension Finding {
    /// The same about a link of a chain.
    func of(_ link: DataDirectory) -> Finding {
        var finding = self
        finding.subject = IncrementalBackup.name(subject, of: link)
        return finding
    }
}
