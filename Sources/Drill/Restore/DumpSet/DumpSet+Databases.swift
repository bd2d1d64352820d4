import Backup
import Findings
import PlanKeys

/// Which databases of a set are restored, and under which names.
extension DumpSet {
    /// The databases that are to be checked, by what the plan says, in their order here. Also those whose dump is damaged.
    /// - Returns: also the databases that the plan names, and of which no dump is here.
    /// - Throws: ``UnknownDatabase`` where nothing of it is here.
    package func chosen(
        _ setting: RecoverySetting
    ) throws(UnknownDatabase) -> (databases: [String], missing: [String]) {
        let all = databases
        // A database that every server has is checked by its name alone.
        let named = all + dumps.filter(\.isPassedOver).map(\.database)
        // A script's databases are known once it was read.
        guard !all.isEmpty else { return ([], []) }
        if let wanted = setting.database {
            guard named.contains(wanted) else { throw UnknownDatabase(wanted, among: all) }
            return ([wanted], [])
        }
        guard let patterns = setting.databases else { return (all, []) }
        // A pattern that fits none is a mistake: nobody would notice what it misses.
        for pattern in patterns where !pattern.isName && !all.contains(where: pattern.fits) {
            throw UnknownDatabase(pattern.text, among: all)
        }
        let missing = patterns.filter { $0.isName && !named.contains($0.text) }.map(\.text)
        let chosen = named.filter { name in
            patterns.contains { $0.isName ? $0.text == name : all.contains(name) && $0.fits(name) }
        }
        guard !chosen.isEmpty else { throw UnknownDatabase(missing[0], among: all) }
        return (chosen, missing)
    }

    /// How each database is called on the scratch server: as at the source, which is what a person looks for. Not where the server has such
    /// a database itself, in which our work on the server as a whole is done; nor where the name is none for a server, or could be taken for
    /// something else: it may be any text.
    var namesOnServer: [String: String] {
        let isPlain = { (name: String) in name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}/) != nil }
        let reserved: Set<String> = ["postgres", "template0", "template1"]
        var (names, taken): ([String: String], Set<String>) = ([:], Set(dumps.map(\.database)))
        for (index, dump) in dumps.enumerated() {
            var name = dump.database
            if !isPlain(name) || reserved.contains(name) {
                let stem = reserved.contains(name) ? "restored_\(name)" : "restored_\(index + 1)"
                name = stem
                while taken.contains(name) { name += "_" }
                taken.insert(name)
            }
            names[dump.database] = name
        }
        return names
    }
}

extension Finding {
    /// The plan names a database, and no dump of it is here: a job that lost it, or a database that is gone at the source.
    init(withoutDump name: String) {
        self.init(
            id: .archive, subject: "database", status: .failed, basis: .plan, expected: "a dump of this database",
            observed: "none",
            reason: "the plan names this database, and the backup has no dump of it; if it is gone, change the plan",
            cause: .expectation)
        database = name
    }

    /// Nothing says how many databases there should be.
    init(unnamed databases: [String]) {
        self.init(
            id: .archive, subject: "databases", status: .passed, basis: .archive,
            observed: firstOf(databases, atMost: 20),
            reason: """
                a database that is not in the backup at all is not missed: name those that must be there in \(PlanKey.recoveryDatabases) of a \
                plan
                """)
    }
}
