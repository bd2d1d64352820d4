import Notify
import PlanFile
import SystemPackage

extension [Notifier] {
    init(_ node: PlanNode) throws(PlanError) {
        self = []
        for node in try node.list() {
            let notifier = try Notifier(node)
            guard !contains(where: { $0.name == notifier.name }) else {
                throw node.error("there are two of the name \(notifier.name)")
            }
            append(notifier)
        }
    }
}

extension Notifier {
    private static let ways = ["webhook", "mail", "ping", "command"]

    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: ["name", "on"] + Self.ways + ["deadline", "environment"])
        guard let name = values["name"] else { throw node.missing("name") }
        let named = Self.ways.filter { values[$0] != nil }
        guard named.count == 1, let key = named.first, let value = values[key] else {
            throw node.error("expected one of \(Self.ways.joined(separator: ", "))")
        }
        let way: Way
        switch key {
        case "webhook": way = try Self.webhook(value)
        case "mail": way = try Self.mail(value)
        case "ping": way = .ping(try SecretText(value, value.mapping(allowed: SecretText.keys)))
        default: way = .command(try value.words())
        }
        self.init(name: try name.text(), way: way)
        guard self.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]{0,63}/) != nil else {
            throw name.error("a name has up to 64 letters, digits and hyphens")
        }
        if let node = values["on"] {
            if key == "ping" { throw node.error("a ping is sent at the begin and at each end") }
            occasions = []
            for node in try node.list() { occasions.insert(try node.choice(Occasion.self)) }
            guard !occasions.isEmpty else { throw node.error("expected at least one occasion") }
        }
        if let node = values["deadline"] {
            deadline = try node.duration()
            guard deadline > .zero else { throw node.error("the limit must be longer than 0") }
        }
        if let node = values["environment"] {
            guard key == "command" || key == "mail" else { throw node.error("it belongs to a command, or to mail") }
            variables = try node.variableNames()
        }
    }

    private static func webhook(_ node: PlanNode) throws(PlanError) -> Way {
        let values = try node.mapping(allowed: SecretText.keys + ["body"])
        let body = try values["body"].map { node throws(PlanError) in try node.choice(WebhookBody.self) }
        return .webhook(try SecretText(node, values), body: body ?? .text)
    }

    private static func mail(_ node: PlanNode) throws(PlanError) -> Way {
        let values = try node.mapping(allowed: ["to", "from"])
        guard let to = values["to"] else { throw node.missing("to") }
        var addresses: [String] = []
        for node in try to.list() { addresses.append(try node.mailAddress()) }
        guard !addresses.isEmpty else { throw to.error("expected at least one address") }
        return .mail(to: addresses, from: try values["from"]?.mailAddress())
    }
}

extension SecretText {
    fileprivate static let keys = ["url", "urlFile", "credential"]

    /// - Parameter node: that `values` are of.
    fileprivate init(_ node: PlanNode, _ values: [String: PlanNode]) throws(PlanError) {
        let given = Self.keys.filter { values[$0] != nil }
        guard given.count == 1, let key = given.first, let value = values[key] else {
            throw node.error("expected one of \(Self.keys.joined(separator: ", "))")
        }
        let text = try value.text()
        switch key {
        case "url":
            guard SecretText.isURL(text) else {
                throw value.error(
                    "expected a URL that begins with https:// or http://, without blanks, quotes and backslashes")
            }
            self = .plain(text)
        case "urlFile": self = .file(FilePath(text))
        default:
            guard text.wholeMatch(of: /[A-Za-z0-9_.\-]{1,255}/) != nil, !text.hasPrefix(".") else {
                throw value.error("expected the name of a credential of the unit")
            }
            self = .credential(text)
        }
    }
}

extension PlanNode {
    /// An address as a header of a message takes it.
    fileprivate func mailAddress() throws(PlanError) -> String {
        let text = try text()
        guard text.wholeMatch(of: /[A-Za-z0-9.!#$%&'*+\/=?^_`{|}~\-]+@[A-Za-z0-9.\-]+/) != nil else {
            throw error("expected an address such as dba@example.org")
        }
        return text
    }
}
