import AWS
import Bytes
import Foundation

/// The service that runs databases for others (RDS, Aurora), asked through the `aws` tool.
package struct RDS: Sendable {
    package let tool: AWSTool
    /// Of an answer: thousands of snapshots.
    private static let largestAnswer = 64 << 20

    package init(tool: AWSTool) { self.tool = tool }

    // MARK: Snapshots

    /// Every snapshot of an instance or a cluster, whatever its state.
    /// - Throws: ``AWSFailure``, ``RDSAnswerError``, `CancellationError`; errors of starting the tool.
    package func snapshots(of source: RDSName) async throws -> [RDSSnapshot] {
        try await snapshots(source.kind, source.option)
    }

    /// - Parameter kind: of what it is a snapshot.
    /// - Returns: nil where there is none of that name.
    /// - Throws: as ``snapshots(of:)``.
    package func snapshot(_ identifier: String, of kind: RDSName.Kind) async throws -> RDSSnapshot? {
        let name = kind == .instance ? "db-snapshot" : "db-cluster-snapshot"
        do {
            return try await snapshots(kind, "--\(name)-identifier=\(identifier)").first
        } catch let failure as AWSFailure where failure.code?.contains("SnapshotNotFound") == true {
            return nil
        }
    }

    /// - Parameter option: which of them.
    private func snapshots(_ kind: RDSName.Kind, _ option: String) async throws -> [RDSSnapshot] {
        let (command, list, prefix) =
            kind == .instance
            ? ("describe-db-snapshots", "DBSnapshots", "DB")
            : ("describe-db-cluster-snapshots", "DBClusterSnapshots", "DBCluster")
        let fields = [
            "identifier:\(prefix)SnapshotIdentifier", "arn:\(prefix)SnapshotArn",
            "source:DB\(kind == .instance ? "Instance" : "Cluster")Identifier", "created:SnapshotCreateTime",
            "engine:Engine", "engineVersion:EngineVersion", "gibibytes:AllocatedStorage", "status:Status",
            "type:SnapshotType", "masterUser:MasterUsername", "kmsKey:KmsKeyId",
        ]
        return try await ask(["rds", command, option], list, fields)
    }

    // MARK: Instances and clusters

    /// - Returns: nil when there is none of that name.
    /// - Throws: as ``snapshots(of:)``.
    package func describe(_ name: RDSName) async throws -> RDSResource? {
        do {
            return try await resources(name.kind, only: name).first { $0.identifier == name.identifier }
        } catch let failure as AWSFailure where failure.saysNotFound(name.kind) {
            return nil
        }
    }

    /// Every one there is, whoever made it.
    /// - Throws: as ``snapshots(of:)``.
    package func all(_ kind: RDSName.Kind) async throws -> [RDSResource] { try await resources(kind, only: nil) }

    /// Orders something that is yet to be made, and does not wait for it.
    /// - Throws: ``AWSFailure``, `CancellationError`; errors of starting the tool.
    package func order(_ arguments: [String]) async throws { _ = try await tool.run(arguments) }

    /// A token that stands for a password for some minutes.
    /// - Throws: as ``order(_:)``.
    package func token(host: String, port: Int, user: String, region: String) async throws -> String {
        let printed = try await tool.run(
            [
                "rds", "generate-db-auth-token", "--hostname=\(host)", "--port=\(port)", "--username=\(user)",
                "--region=\(region)",
            ])
        return String(printed.prefix { !$0.isNewline })
    }

    private func resources(_ kind: RDSName.Kind, only name: RDSName?) async throws -> [RDSResource] {
        let option = name.map { [$0.option] } ?? []
        switch kind {
        case .instance:
            return try await ask(
                ["rds", "describe-db-instances"] + option, "DBInstances",
                [
                    "identifier:DBInstanceIdentifier", "status:DBInstanceStatus",
                    "tagList:TagList[].{name:Key,value:Value}",
                    "host:Endpoint.Address", "port:Endpoint.Port", "isPublic:PubliclyAccessible",
                    "cluster:DBClusterIdentifier", "instanceClass:DBInstanceClass",
                ])
        case .cluster:
            return try await ask(
                ["rds", "describe-db-clusters"] + option, "DBClusters",
                [
                    "identifier:DBClusterIdentifier", "status:Status", "tagList:TagList[].{name:Key,value:Value}",
                    "host:Endpoint", "port:Port",
                ])
        }
    }

    /// - Parameters:
    ///   - list: the key of what is asked for in the answer.
    ///   - fields: what of each element is wanted, and how it is called here (JMESPath).
    private func ask<Element: Decodable>(
        _ arguments: [String], _ list: String, _ fields: [String]
    ) async throws -> [Element] {
        // The tool asks for page after page by itself.
        let all: [Element]? = try await tool.decoded(
            arguments, query: "\(list)[].{\(fields.joined(separator: ","))}", limit: Self.largestAnswer)
        return all ?? []
    }
}

extension AWSTool {
    /// What a service answers.
    /// - Parameters:
    ///   - arguments: the service, the command, and its own.
    ///   - query: what of the answer is wanted, and how it is called here (JMESPath).
    ///   - limit: of the answer, in bytes; whole MiB.
    /// - Throws: ``AWSFailure``, ``RDSAnswerError``, `CancellationError`; errors of starting the tool.
    func decoded<Answer: Decodable>(_ arguments: [String], query: String, limit: Int) async throws -> Answer {
        let answer = try await answer(
            arguments + ["--output=json", "--query=\(query)"], limit: limit,
            tooLarge: { RDSAnswerError(description: "its answer is larger than \(limit >> 20) MiB") })
        do {
            return try StrictJSON.decode(Answer.self, from: answer)
        } catch {
            throw RDSAnswerError(description: "its answer to \(arguments[1]) cannot be read")
        }
    }
}

/// What the tool printed cannot be used.
package struct RDSAnswerError: Error, Sendable, CustomStringConvertible { package let description: String }

extension AWSFailure {
    package func saysNotFound(_ kind: RDSName.Kind) -> Bool {
        code?.hasPrefix(kind == .instance ? "DBInstanceNotFound" : "DBClusterNotFound") ?? false
    }

    /// It is doing something else just now.
    package var saysNotNow: Bool {
        code.map { $0.hasPrefix("InvalidDBInstanceState") || $0.hasPrefix("InvalidDBClusterState") } ?? false
    }

    package var saysAlreadyThere: Bool {
        code.map { $0.hasPrefix("DBInstanceAlreadyExists") || $0.hasPrefix("DBClusterAlreadyExists") } ?? false
    }
}
