import AWS
import PlanFile
import PlanKeys
import Restore
import Snapshots
import SystemPackage

extension SnapshotSource {
    static let keys = [
        "instance", "cluster", "instanceClass", "subnetGroup", "securityGroups", "timeToLive", "address", "database",
        "databases", "user", "passwordFile", "token", "hourlyPrice", "patience",
    ]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        let source: RDSName
        switch (values["instance"], values["cluster"]) {
        case (let instance?, nil): source = RDSName(.instance, try instance.databaseIdentifier())
        case (nil, let cluster?): source = RDSName(.cluster, try cluster.databaseIdentifier())
        case (nil, nil): throw node.error("the key instance is missing, or cluster for Aurora")
        case (_?, _?): throw node.error("snapshots are of an instance or of a cluster, and not of both")
        }
        for key in ["instanceClass", "securityGroups"] where values[key] == nil {
            throw node.missing(key)
        }
        self.init(
            of: source, instanceClass: try values["instanceClass"]!.instanceClass(),
            securityGroups: try values["securityGroups"]!.securityGroups())
        subnetGroup = try values["subnetGroup"]?.subnetGroup()
        if let node = values["timeToLive"] { timeToLive = try node.limit() }
        if let node = values["patience"] { patience = try node.limit() }
        if let node = values["address"] {
            guard let address = SnapshotAddress(try node.text()) else {
                throw node.error("expected a host and a port such as localhost:6432")
            }
            self.address = address
        }
        database = try values["database"]?.text()
        if database != nil, let node = values["databases"] {
            throw node.error("either \(PlanKey.backupSnapshotDatabase) names one, or this several")
        }
        user = try values["user"]?.text()
        if let node = values["passwordFile"] { login = .passwordFile(FilePath(try node.text())) }
        if let node = values["token"], try node.truth() {
            guard login == .libpqDefault else { throw node.error("a token and a password file exclude each other") }
            login = .token
        }
        if let node = values["hourlyPrice"] {
            guard let price = HourlyPrice(try node.text()) else {
                throw node.error("expected an amount and a currency such as 0.082 USD")
            }
            hourlyPrice = price
        }
    }
}

extension PlanNode {
    /// An identifier that RDS allows: it begins with a letter, and has letters, digits and hyphens.
    fileprivate func databaseIdentifier() throws(PlanError) -> String {
        try matching(
            /[A-Za-z][A-Za-z0-9-]{0,62}/,
            "an identifier of RDS begins with a letter, and has letters, digits and hyphens")
    }

    fileprivate func instanceClass() throws(PlanError) -> String {
        try matching(/db\.[a-z0-9-]+\.[a-z0-9-]+/, "expected a class of instances such as db.t4g.medium")
    }

    fileprivate func subnetGroup() throws(PlanError) -> String {
        try matching(
            /[A-Za-z0-9 ._-]{1,255}/, "a subnet group has letters, digits, blanks, dots, hyphens and underscores")
    }

    fileprivate func securityGroups() throws(PlanError) -> [String] {
        var groups: [String] = []
        for node in try list() {
            groups.append(
                try node.matching(/sg-[0-9a-f]+/, "expected the id of a security group such as sg-0123456789abcdef0"))
        }
        guard !groups.isEmpty else {
            throw error("name one at least: without, AWS takes a group that may reach everything, production among it")
        }
        return groups
    }

    fileprivate func limit() throws(PlanError) -> Duration {
        let limit = try duration()
        guard limit > .zero else { throw error("the limit must be longer than 0") }
        return limit
    }

    private func matching(_ form: Regex<Substring>, _ words: String) throws(PlanError) -> String {
        let text = try text()
        guard text.wholeMatch(of: form) != nil else { throw error(words) }
        return text
    }
}
