import SystemPackage

/// Checks that every member of a tar dump is complete, to its last byte, and that the file ends as a tar file must.
struct TarCompleteness {
    private let dump: Dump

    init(_ dump: Dump) {
        self.dump = dump
    }

    func check(_ progress: (Int64) throws -> Void) throws -> [Incompleteness] {
        guard let contents = dump.contents else { return [] }
        let file = try InputFile(dump.file)
        var findings: [Incompleteness] = []
        var members: [String: TarMember] = [:]
        var walk = TarMembers(file)
        do throws(ArchiveError) {
            while let member = try walk.next() { members[member.name] = member }
            findings += try endProblem(file, walk.offset).map(ofFile)
        } catch {
            findings.append(ofFile(try Self.problem(error)))
        }
        try progress(file.size)

        var objects = LargeObjectCheck(contents, names: Array(members.keys)) { members[$0]?.name }
        for entry in contents.entries {
            guard case .file(let name) = entry.data else { continue }
            if entry.kind == "BLOBS" {
                let name = LargeObjectListing.name(for: entry, contents.header.version)
                guard let member = members[name] else {
                    objects.lacksListing = true
                    findings.append(
                        Incompleteness(subject: entry.subject, problem: "their listing, the member \(name), is missing")
                    )
                    continue
                }
                let bytes = try file.bytes(
                    at: member.data.lowerBound, count: Int(min(member.size, Int64(LargeObjectListing.longest))))
                objects.add(LargeObjectListing(bytes), from: name)
                continue
            }
            guard let member = members[name] else {
                findings.append(
                    Incompleteness(subject: entry.subject, problem: "its data, the member \(name), is missing"))
                continue
            }
            let tail = try file.bytes(
                at: max(member.data.lowerBound, member.data.upperBound - Int64(DataEnd.size)),
                count: Int(min(member.size, Int64(DataEnd.size))))
            if let problem = DataEnd(of: entry).problem(tail: tail, count: member.size) {
                findings.append(Incompleteness(subject: entry.subject, problem: "\(name): \(problem)"))
            }
        }
        objects.finish()
        return findings + objects.findings
    }

    private func ofFile(_ problem: String) -> Incompleteness {
        Incompleteness(subject: dump.name, problem: problem)
    }

    /// A file that ends within a member, or holds something other than members, is incomplete. A file that cannot be
    /// read is an error, and not called incomplete.
    private static func problem(_ error: ArchiveError) throws(ArchiveError) -> String {
        switch error {
        case .truncated(_, let offset, let reading): "the file ends at byte \(offset), within \(reading)"
        case .malformed(_, let offset, let problem): "\(problem), at byte \(offset)"
        default: throw error
        }
    }

    /// Checks what follows the last member: two blocks of zeros, and nothing but zeros after them.
    ///
    /// - Parameter offset: where the first of the two blocks is.
    private func endProblem(_ file: InputFile, _ offset: Int64) throws(ArchiveError) -> [String] {
        guard offset + 2 * TarMembers.blockSize <= file.size else {
            return ["the two blocks of zeros that end a tar file are cut off"]
        }
        var place = offset
        while place < file.size {
            let bytes = try file.bytes(at: place, count: 64 * 1024)
            guard !bytes.isEmpty else { break }
            if let index = bytes.firstIndex(where: { $0 != 0 }) {
                return ["something follows the end of the tar file, at byte \(place + Int64(index))"]
            }
            place += Int64(bytes.count)
        }
        return []
    }
}
