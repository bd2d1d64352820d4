/// Checks that a custom archive is long enough for the data offsets in its table of contents.
struct CustomCompleteness {
    private let dump: Dump

    init(_ dump: Dump) {
        self.dump = dump
    }

    func check() throws(ArchiveError) -> [Incompleteness] {
        let size = try InputFile(dump.path).size
        return (dump.contents?.entries ?? []).compactMap { entry in
            guard case .offset(let offset) = entry.data, offset >= size else { return nil }
            return Incompleteness(
                subject: entry.subject,
                problem: "its data should be at byte \(offset), and the file ends at byte \(size)")
        }
    }
}
