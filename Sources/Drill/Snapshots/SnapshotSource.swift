import AWS
import SystemPackage

/// What a plan says about a snapshot in a cloud: of which instance or cluster it is, and how it is restored.
package struct SnapshotSource: Sendable, Equatable {
    /// The instance or the cluster whose snapshots can be chosen.
    package var of: RDSName
    package var instanceClass: String
    package var subnetGroup: String?
    /// Security groups: they decide what can reach the new instance, and what it can reach. At least one.
    package var securityGroups: [String]
    /// After this time, the drill ends, and anybody may delete what was created for it.
    package var timeToLive: Duration = .seconds(6 * 3600)
    /// The address to connect to, if it is not the endpoint.
    package var address: SnapshotAddress?
    /// The database to check; nil takes the only one besides `postgres`.
    package var database: String?
    /// The user to log in as; nil takes the master user.
    package var user: String?
    package var login = Login.libpqDefault
    /// What an hour of the instance costs, as the plan writes it: `0.082 USD`.
    package var hourlyPrice: HourlyPrice?
    /// The job of AWS Backup whose restored instance is drilled, instead of one that the drill makes; nil makes one.
    package var restoreJob: String?
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
        case libpqDefault
        /// A password file in libpq's own form.
        case passwordFile(FilePath)
        /// A token from AWS instead of a password, renewed before it expires.
        case token
    }

    /// - Throws: ``SnapshotError/noTool(_:)``.
    package func service() throws(SnapshotError) -> RDS { RDS(tool: try tool()) }

    /// - Throws: ``SnapshotError/noTool(_:)``.
    package func tool() throws(SnapshotError) -> AWSTool {
        do {
            return try AWSTool(patience: patience)
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

    /// - Returns: nil if the text is not `host:port`.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(\/[^\s:]+|[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})/),
            let port = Int(match.2), 1...65535 ~= port
        else { return nil }
        self.init(host: String(match.1).filter { $0 != "[" && $0 != "]" }, port: port)
    }

    package var description: String { "\(host):\(port)" }
}
