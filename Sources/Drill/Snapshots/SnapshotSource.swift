import AWS
import SystemPackage

/// What a plan says of a snapshot in a cloud: whose it is, and what it is restored to.
package struct SnapshotSource: Sendable, Equatable {
    /// The instance or the cluster whose snapshots there are to choose from.
    package var of: RDSName
    package var instanceClass: String
    package var subnetGroup: String?
    /// What the new instance can be reached from, and can reach; one at least.
    package var securityGroups: [String]
    /// After it, anybody may delete what was made for the drill, and the drill ends.
    package var timeToLive: Duration = .seconds(6 * 3600)
    /// Where to connect instead of the endpoint.
    package var address: SnapshotAddress?
    /// The database to check; nil takes the only one there is besides `postgres`.
    package var database: String?
    /// Nil takes the master user.
    package var user: String?
    package var login = Login.asLibpqFindsIt
    /// What an hour of the instance costs, as the plan writes it: `0.082 USD`.
    package var hourlyPrice: HourlyPrice?
    /// How long one call of the tool may take.
    package var patience: Duration = .seconds(120)

    package init(of source: RDSName, instanceClass: String, securityGroups: [String]) {
        self.of = source
        self.instanceClass = instanceClass
        self.securityGroups = securityGroups
    }

    /// Where the password comes from. It is never in the plan.
    package enum Login: Sendable, Equatable {
        /// `PGPASSWORD`, `PGPASSFILE` or `~/.pgpass`.
        case asLibpqFindsIt
        /// A password file of libpq's own form.
        case passwordFile(FilePath)
        /// A token of AWS's instead of a password, made anew before it expires.
        case token
    }

    /// - Throws: ``SnapshotError/noTool(_:)``.
    package func service() throws(SnapshotError) -> RDS {
        do {
            return RDS(tool: try AWSTool(patience: patience))
        } catch {
            throw .noTool(error.description)
        }
    }
}

/// A host and a port, or the directory of a Unix socket and a port.
package struct SnapshotAddress: Sendable, Equatable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Returns: nil for what is not `host:port`.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(\/[^\s:]+|[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})/),
            let port = Int(match.2), 1...65535 ~= port
        else { return nil }
        self.init(host: String(match.1).filter { $0 != "[" && $0 != "]" }, port: port)
    }

    package var description: String { "\(host):\(port)" }
}
