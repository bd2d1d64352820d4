import Ledger
import PlanFile
import Storage
import SystemPackage

extension LedgerPlan {
    static let keys = ["place", "anchors"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        self.init()
        if let node = values["place"] {
            let text = try node.text()
            do {
                place = try StoreLocation(text)
            } catch {
                guard case .badLocation(_, let reason) = error else { throw node.error("\(error)") }
                throw node.error(reason)
            }
        }
        for node in try values["anchors"]?.list() ?? [] {
            let anchor = try Anchor(node)
            guard !anchors.contains(where: { $0.name == anchor.name }) else {
                throw node.error("there are two anchors \(anchor.name)")
            }
            anchors.append(anchor)
        }
    }
}

extension Anchor {
    fileprivate init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(
            allowed: ["name", "timestamp", "authority", "command", "deadline", "environment"])
        guard let name = values["name"] else { throw node.missing("name") }
        let kind: Kind
        switch (values["timestamp"], values["command"]) {
        case (let send?, nil):
            guard let authority = values["authority"] else { throw node.missing("authority") }
            kind = .timestamp(send: try send.words(), authority: try authority.filePath())
        case (nil, let command?):
            if let other = values["authority"] { throw other.error("it belongs to a timestamp") }
            kind = .command(try command.words())
        default: throw node.error("expected one of timestamp, command, and not both")
        }
        self.init(name: try name.text(), kind: kind)
        guard self.name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]{0,63}/) != nil else {
            throw name.error("a name has up to 64 letters, digits and hyphens: it names files")
        }
        if let node = values["deadline"] {
            deadline = try node.duration()
            guard deadline > .zero else { throw node.error("the limit must be longer than 0") }
        }
        variables = try values["environment"]?.variableNames() ?? []
    }
}
