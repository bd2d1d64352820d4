import Foundation

/// A snapshot of an RDS instance, or of an Aurora cluster, as the service describes it.
package struct RDSSnapshot: Sendable, Equatable, Codable {
    package let identifier: String
    package let arn: String
    /// Of the instance or the cluster.
    package let source: String
    /// As the service writes it, in UTC; nil while it is being made.
    package let created: String?
    package let engine: String
    package let engineVersion: String
    /// Of the volume; what is in it may be less.
    package let gibibytes: Int64
    package let status: String
    /// `automated`, `manual`, …
    package let type: String
    package let masterUser: String?
    /// Nil where it is not encrypted.
    package let kmsKey: String?

    package var bytes: Int64 { gibibytes << 30 }

    /// Of its ARN: `arn:aws:rds:REGION:ACCOUNT:snapshot:NAME`.
    package var region: String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 3 ? String(parts[3]) : ""
    }

    /// To the second: versions of the tool differ in what follows.
    package var createdToTheSecond: String? { created.map { $0.prefix(19) + "Z" } }

    package var createdDate: Date? { createdToTheSecond.flatMap { try? Date($0, strategy: .iso8601) } }

    /// What a report's digest is of: JSON with sorted keys, without white space, and a newline, as `jq -cS` writes it.
    /// Nothing of it changes while there is the snapshot.
    package var canonicalDescription: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(Description(self))) + [UInt8(ascii: "\n")]
        }
    }

    private struct Description: Encodable {
        let snapshot: RDSSnapshot

        init(_ snapshot: RDSSnapshot) { self.snapshot = snapshot }

        private enum Key: String, CodingKey {
            case arn, created, engine, engineVersion, gibibytes, kmsKey, source, type
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(snapshot.arn, forKey: .arn)
            // An absent value is written as null.
            try container.encode(snapshot.createdToTheSecond, forKey: .created)
            try container.encode(snapshot.engine, forKey: .engine)
            try container.encode(snapshot.engineVersion, forKey: .engineVersion)
            try container.encode(snapshot.gibibytes, forKey: .gibibytes)
            try container.encode(snapshot.kmsKey, forKey: .kmsKey)
            try container.encode(snapshot.source, forKey: .source)
            try container.encode(snapshot.type, forKey: .type)
        }
    }
}
