import Archive
import Causes
import Files
import Findings
import Physical
import SystemPackage

/// What lies in a directory that may hold the dumps of one night: one of each database.
struct DumpDirectory {
    /// Dumps, and what was one, in the order of their names.
    private(set) var dumps: [Entry] = []
    /// Scripts of `pg_dumpall` that hold no database.
    private(set) var globals: [Globals] = []
    /// What is no dump.
    private(set) var others: [Other] = []
    /// Backups that are none of one database.
    private(set) var wholeServers: [String] = []

    /// A dump in it.
    struct Entry {
        let name: String
        /// Of which database it is; nil where neither the dump nor its name says it.
        let database: String?
        /// Whether that is known from its name alone.
        let isNamedByFile: Bool
        let content: Result<any FileBackup, LostDump>
    }

    struct Globals {
        let name: String
        let content: Result<ServerGlobals, LostDump>
    }

    struct Other {
        let name: String
        let what: String
        /// Set for what may hold a backup that is not read here.
        var isUnread = false
        /// Set for a directory in which a backup is.
        var holdsBackup = false
    }

    /// Where a directory has more names, they are of many nights: of one, there is a file for each database.
    static let mostNames = 2000

    /// Why something is no dump any more.
    struct LostDump: Error {
        let problem: String
        let rule: CauseRule

        init(_ problem: String, _ rule: CauseRule = cause(of: .archiveIncomplete)) {
            (self.problem, self.rule) = (problem, rule)
        }

        init(_ error: ArchiveError) { self.init("\(error)", cause(of: error.state)) }
    }

    /// What is in it, with little of each file read.
    init(_ tree: OpenTree, clock: BackupClock) {
        var undecided: [(name: FilePath, found: Undecided)] = []
        for name in tree.names() {
            switch Self.look(at: name, in: tree, clock) {
            case .dump(let backup): add(name, .success(backup))
            case .lost(let loss): add(name, .failure(loss))
            case .globals(let content): globals.append(Globals(name: name.string, content: content))
            case .wholeServer: wholeServers.append(name.string)
            case .other(let what, let holdsBackup):
                others.append(Other(name: name.string, what: what, holdsBackup: holdsBackup))
            case .undecided(let found): undecided.append((name, found))
            }
        }
        // If the content of a file does not show what it is, its name decides whether it should have been a dump.
        let endings = Set(dumps.map { DumpName($0.name).ending })
        for (name, found) in undecided {
            let name = (path: name, words: DumpName(name.string))
            let isDump = found.isText ? name.words.isOfScript(beside: endings) : name.words.isOfDump(beside: endings)
            if !isDump {
                others.append(Other(name: name.path.string, what: found.what))
            } else if found.isUnread {
                others.append(Other(name: name.path.string, what: found.what, isUnread: true))
            } else {
                add(name.path, .failure(LostDump(found.what)))
            }
        }
        dumps.sort { $0.name < $1.name }
    }

    private mutating func add(_ name: FilePath, _ content: Result<any FileBackup, LostDump>) {
        if case .failure(let loss) = content, DumpName(name.string).isOfGlobals {
            globals.append(Globals(name: name.string, content: .failure(loss)))
            return
        }
        let own = try? content.get().description.database
        dumps.append(
            Entry(
                name: name.string, database: own ?? DumpName(name.string).database, isNamedByFile: own == nil,
                content: content))
    }

    // MARK: What it comes to

    /// Whether it is one backup: a dump of each of several databases, or of one with the globals of its server.
    var isSet: Bool {
        wholeServers.isEmpty && dumps.count + min(globals.count, 1) > 1 && !dumps.isEmpty && ambiguity == nil
    }

    /// Why it cannot be known which of its dumps are one backup; nil where it can.
    var ambiguity: String? {
        let unnamed = dumps.filter { $0.database == nil }.map(\.name)
        if !unnamed.isEmpty, dumps.count > 1 {
            return "neither the contents nor the name of \(firstOf(unnamed)) says of which database it is"
        }
        let twice = Dictionary(grouping: dumps) { $0.database ?? "" }.filter { $0.value.count > 1 }
            .min { $0.key < $1.key }
        if let twice { return "\(firstOf(twice.value.map(\.name))) are of one database, \(twice.key)" }
        let named = dumps.filter(\.isNamedByFile).map(\.name)
        let numbered = Dictionary(grouping: named) { DumpName($0).stemWithoutNumbers }.filter { $0.value.count > 1 }
            .min { $0.key < $1.key }
        if let numbered {
            return """
                \(firstOf(numbered.value)) differ in numbers alone, and do not say of which database they are: they may be of one, at \
                several times
                """
        }
        let scripts = globals.compactMap { globals in (try? globals.content.get()).map { (globals.name, $0) } }
        for (index, (name, script)) in scripts.enumerated() {
            for (other, another) in scripts[..<index] where script.makesSame(as: another) {
                return "\(other) and \(name) make the same roles or tablespaces"
            }
        }
        return nil
    }

    /// Whether its dumps are of one database, perhaps of many nights.
    var isOfOneDatabase: Bool {
        Set(
            dumps.filter { $0.database != nil }.map {
                $0.isNamedByFile ? DumpName($0.name).stemWithoutNumbers : $0.database
            }
        )
        .count <= 1
    }

    /// Dumps that are more than a day older than the newest of them: of a job that has stopped for one database.
    var stale: [Entry] {
        let created = dumps.compactMap { entry in
            (try? entry.content.get())?.description.created.map { (entry: entry, date: $0) }
        }
        guard let newest = created.map(\.date).max() else { return [] }
        return created.filter { newest.timeIntervalSince($0.date) > 86_400 }.map(\.entry)
    }

    // MARK: One name

    private enum Found {
        case dump(any FileBackup)
        case lost(LostDump)
        case globals(Result<ServerGlobals, LostDump>)
        case wholeServer
        case other(String, holdsBackup: Bool = false)
        case undecided(Undecided)
    }

    /// What its name decides.
    private struct Undecided {
        let what: String
        var isUnread = false
        var isText = false
    }

    private static func look(at name: FilePath, in tree: OpenTree, _ clock: BackupClock) -> Found {
        do {
            switch tree.state(of: name)?.kind {
            case .link?: return look(atLink: name, in: tree)
            case .directory?: return try look(atDirectory: name, in: tree, clock)
            case .file?:
                guard let inside = try tree.tree(of: name), let file = inside.file() else { break }
                return try look(at: file, of: inside, clock)
            default: break
            }
            return .other("no file")
        } catch let error as ArchiveError {
            return .lost(LostDump(error))
        } catch let error as FileError {
            return .lost(LostDump(ArchiveError(error)))
        } catch {
            return .lost(LostDump("\(error)"))
        }
    }

    /// A link is not followed: where it leads is the choice of whoever wrote the backup.
    private static func look(atLink name: FilePath, in tree: OpenTree) -> Found {
        guard let target = try? tree.target(of: name) else { return .other("a link") }
        if !target.isAbsolute, tree.state(of: target.lexicallyNormalized()) != nil {
            return .other("a link to \(target)")
        }
        return .undecided(Undecided(what: "a link to \(target), which is not followed", isUnread: true))
    }

    private static func look(atDirectory name: FilePath, in tree: OpenTree, _ clock: BackupClock) throws -> Found {
        guard let inside = try tree.tree(of: name) else { return .other("no directory") }
        let names = inside.names().map(\.string)
        if names.contains("toc.dat") { return .dump(try DumpBackup(dump: Dump.open(inside), clock: clock)) }
        if DataDirectory.isOne(inside) || TarredBackup.isNamedLikeOne(inside) { return .wholeServer }
        if names.contains(where: Impostor.isPartOfDirectoryDump) {
            return .lost(LostDump(.directoryWithoutContents(inside.path)))
        }
        if names.isEmpty { return .undecided(Undecided(what: "an empty directory")) }
        let backups = names.prefix(200).filter { Impostor.isBackup(FilePath($0), in: inside) }
        guard !backups.isEmpty else { return .other("a directory") }
        return .other("a directory with \(counted(backups.count, "backup")) in it", holdsBackup: true)
    }

    private static func look(at file: TreeFile, of tree: OpenTree, _ clock: BackupClock) throws -> Found {
        guard file.state.size > 0 else {
            return .undecided(Undecided(what: "an empty file, as a failed job leaves it"))
        }
        let start = try FileStart(of: file)
        if start.isClusterDump { return try look(atScript: tree) }
        if !start.isArchive, !start.isTar, start.hasTextInFrontOfDump {
            return .lost(
                LostDump("text of another program stands in front of the dump, so that PostgreSQL cannot read it"))
        }
        if start.isDump {
            do {
                return .dump(
                    try WrappedDump.recognise(tree, clock: clock) ?? DumpBackup(dump: Dump.open(tree), clock: clock))
            } catch let something as NotABackup {
                return .undecided(Undecided(what: something.what))
            } catch ArchiveError.notADump(_, let looks) {
                return .undecided(Undecided(what: looks))
            }
        }
        if let flaw = start.flaw { return .undecided(Undecided(what: "\(flaw)")) }
        if start.isDamagedDump || start.isCutPlainHeader || start.isPlainDumpWithoutBeginning {
            return .lost(LostDump("what is left of a dump whose beginning is missing or damaged"))
        }
        if start.isErrorPage { return .undecided(Undecided(what: "a page of the web or an error of a service")) }
        if start.isProgramMessage { return .undecided(Undecided(what: "messages of a program, and no dump")) }
        if let known = KnownFile.all.first(where: { $0.recognises(start.bytes) }) {
            return known.mayHoldDump ? .undecided(Undecided(what: known.what, isUnread: true)) : .other(known.what)
        }
        guard let text = Impostor(text: start) else { return .undecided(Undecided(what: Impostor.unknown.what)) }
        // Such as "Killed".
        return text.mayBeProgramOutput ? .undecided(Undecided(what: text.what, isText: true)) : .other(text.what)
    }

    /// A script of `pg_dumpall`, of a whole server or of its globals.
    private static func look(atScript tree: OpenTree) throws -> Found {
        let dump = try Dump.open(tree)
        guard let globals = try GlobalsScript(dump) else { return .wholeServer }
        return .globals(globals.flaw.map { .failure(LostDump($0)) } ?? .success(globals.globals))
    }
}

extension ServerGlobals {
    fileprivate func makesSame(as other: ServerGlobals) -> Bool {
        !Set(roles.map(\.name)).isDisjoint(with: other.roles.map(\.name))
            || !Set(tablespaces.map(\.name)).isDisjoint(with: other.tablespaces.map(\.name))
    }
}
