/// An instance or a cluster of RDS, by its kind and its identifier.
package struct RDSName: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable { case instance, cluster }

    package let kind: Kind
    package let identifier: String
    /// An instance that belongs to a cluster, which has the backups of both.
    package let isInCluster: Bool

    package init(_ kind: Kind, _ identifier: String, isInCluster: Bool = false) {
        self.kind = kind
        self.identifier = identifier
        self.isInCluster = isInCluster
    }

    package var description: String { "RDS \(kind.rawValue) \(identifier)" }

    /// The option that names it, as one word.
    var option: String { "--db-\(kind.rawValue)-identifier=\(identifier)" }

    /// What deletes it, and nothing of it is kept.
    package var deletion: [String] {
        switch kind {
        case .instance:
            ["rds", "delete-db-instance", option, "--skip-final-snapshot"]
                + (isInCluster ? [] : ["--delete-automated-backups"])
        case .cluster: ["rds", "delete-db-cluster", option, "--skip-final-snapshot"]
        }
    }
}

/// An instance or a cluster as the service describes it.
package struct RDSResource: Sendable, Equatable, Decodable {
    package let identifier: String
    package let status: String
    private let tagList: [Tag]?
    /// Where a client connects; nil until it is known.
    package let host: String?
    package let port: Int?
    /// Of the instance alone.
    package let isPublic: Bool?
    /// That an instance belongs to.
    package let cluster: String?
    /// Of an instance.
    package let instanceClass: String?

    package var tags: [String: String] {
        Dictionary((tagList ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
    }

    private struct Tag: Equatable, Decodable {
        let name: String
        let value: String?
    }
}
