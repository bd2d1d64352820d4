import Fetch
import PlanFile
import Restore
import Snapshots
import SystemPackage

extension BackupSource {
    static let keys = [
        "path", "pgbackrest", "barman", "command", "snapshot", "decrypt", "environment", "follow", "pick", "timeZone",
        "damagePersists", "globals",
    ]
    /// The keys that say where the backup is; a plan has one of them.
    private static let places = ["path", "pgbackrest", "barman", "command", "snapshot"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        let named = Self.places.filter { values[$0] != nil }
        guard named.count == 1 else {
            if named.isEmpty {
                throw node.missing("path", ", or one of \(Self.places.dropFirst().joined(separator: ", "))")
            }
            throw node.error("a backup lies in one place, and here are \(named.joined(separator: " and "))")
        }
        let value = values[named[0]]!
        switch named[0] {
        case "path": self.init(path: try value.text())
        case "pgbackrest": self.init(.pgBackRest(try PgBackRest(value)))
        case "barman": self.init(.barman(try Barman(value)))
        case "snapshot": self.init(.snapshot(try SnapshotSource(value)))
        default: self.init(.command(try value.words()))
        }
        decrypt = try values["decrypt"]?.words()
        if let node = values["decrypt"], named[0] != "path" {
            throw node.error("only what lies at a path is decrypted by a command")
        }
        environment = try values["environment"]?.variableNames() ?? []
        for place in try values["follow"]?.list() ?? [] {
            let path = try place.filePath()
            guard path.isAbsolute, !path.lexicallyNormalized().components.isEmpty else {
                throw place.error("an absolute path, other than /: links are followed to it, and to what is in it")
            }
            follow.append(path)
        }
        globals = try values["globals"]?.filePath()
        if let pick = values["pick"] { self.pick = Pick(try pick.text()) }
        timeZone = try values["timeZone"]?.timeZoneName()
        if let persists = values["damagePersists"] { damagePersists = try persists.truth() }
    }
}

extension PgBackRest {
    static let keys = ["stanza", "config", "repository"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard let stanza = values["stanza"] else { throw node.missing("stanza") }
        self.init(
            stanza: try stanza.identifier(), configuration: try values["config"]?.text(),
            repository: try values["repository"].map { node throws(PlanError) in Int(try node.wholeNumber(1...256)) })
    }
}

extension Barman {
    static let keys = ["server", "config"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard let server = values["server"] else { throw node.missing("server") }
        self.init(server: try server.identifier(), configuration: try values["config"]?.text())
    }
}

extension PlanNode {
    /// Names of variables of our environment.
    func variableNames() throws(PlanError) -> [String] {
        var names: [String] = []
        for name in try list() {
            let text = try name.text()
            guard text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
                throw name.error("the name of a variable, without its value: a plan holds no secrets")
            }
            names.append(text)
        }
        return names
    }

    /// A program and its arguments.
    func words() throws(PlanError) -> [String] {
        var words: [String] = []
        for node in try list() { words.append(try node.text()) }
        guard let program = words.first, !program.isEmpty else {
            throw error("expected a list of a program and its arguments, which no shell reads")
        }
        return words
    }

    /// A name in another program. It cannot be mistaken for an option or a path.
    fileprivate func identifier() throws(PlanError) -> String {
        let text = try text()
        guard text.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.\-]*/) != nil else {
            throw error("a name has letters, digits, dots, hyphens and underscores")
        }
        return text
    }
}
