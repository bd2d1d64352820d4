import Foundation
import SystemPackage
import TestSupport
import Testing

/// AWS as moto plays it, with an instance that has been backed up. moto restores nothing: what a drill connects to is a real
/// server, at the address that the plan names.
struct Cloud: Sendable {
    let desk: Desk
    /// As the administrator of an account sees it that no other test has.
    let moto: ObjectServer
    let account: String
    /// Whether there is a cluster of Aurora, and no instance.
    let isCluster: Bool

    static func with(
        cluster isCluster: Bool = false, snapshots: [String] = ["sunday"], _ body: (Cloud) async throws -> Void
    ) async throws {
        try await withDesk { desk in
            try await ObjectServer.moto { moto in
                let account = String(Int.random(in: 200_000_000_000...999_999_999_999))
                let made = try await Program(ObjectServer.tools.appending("python")).run(
                    [script.string, account, isCluster ? "cluster" : "instance"] + snapshots, in: desk.root,
                    environment: moto.environment)
                try #require(made.exitCode == 0, "\(made.errors)")
                var administrator = moto
                administrator.environment.merge(
                    try JSONDecoder().decode([String: String].self, from: Data(made.output.utf8))
                ) { $1 }
                try await body(Cloud(desk: desk, moto: administrator, account: account, isCluster: isCluster))
            }
        }
    }

    private static let script = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .appending("make_cloud.py")

    /// Runs the tool as an administrator would, who sees all there is.
    @discardableResult
    func aws(_ arguments: [String]) async throws -> String {
        let outcome = try await Program(ObjectServer.awsTool).run(
            ["--cli-read-timeout=600"] + arguments, in: desk.root, environment: moto.environment)
        try #require(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
        return outcome.output
    }

    /// The instances and the clusters that there are, without those that were backed up.
    func left() async throws -> [String] {
        let instances = try await aws([
            "rds", "describe-db-instances", "--output=text", "--query=DBInstances[].DBInstanceIdentifier",
        ])
        let clusters = try await aws([
            "rds", "describe-db-clusters", "--output=text", "--query=DBClusters[].DBClusterIdentifier",
        ])
        return (instances + " " + clusters).split(whereSeparator: \.isWhitespace).map(String.init)
            .filter { $0 != "orchard" && $0 != "None" }.sorted()
    }

    /// An instance as a drill makes it, or somebody else.
    func makeInstance(_ name: String, tags: [String: String]) async throws {
        try await aws(
            [
                "rds", "create-db-instance", "--db-instance-identifier=\(name)", "--engine=postgres",
                "--engine-version=15.4", "--db-instance-class=db.m6g.large", "--allocated-storage=20",
                "--master-username=postgres", "--master-user-password=of-production", "--tags",
            ] + tags.map { "Key=\($0.key),Value=\($0.value)" })
    }

    // MARK: pgassay

    /// - Parameters:
    ///   - snapshot: more of `backup.snapshot`, YAML.
    ///   - backup: more of `backup`.
    ///   - rest: more of the plan.
    func plan(_ snapshot: String = "", backup: String = "", _ rest: String = "") throws -> FilePath {
        try desk.file(
            "plan.yaml",
            """
            name: test
            backup:
              snapshot:
                \(isCluster ? "cluster" : "instance"): orchard
                instanceClass: db.t4g.medium
                securityGroups: [sg-0123]
                \(snapshot)
              \(backup)
            \(rest)

            """)
    }

    var environment: [String: String] { moto.environment }

    func drill(_ plan: FilePath, _ more: [String] = [], environment: [String: String] = [:]) async throws -> Drilled {
        let outcome = try await desk.pgassay(
            desk.drilling(plan, more), environment: self.environment.merging(environment) { $1 })
        return try read(outcome)
    }

    func start(_ plan: FilePath, environment: [String: String] = [:]) throws -> RunningProgram {
        try desk.start(desk.drilling(plan), environment: self.environment.merging(environment) { $1 })
    }

    /// The report of the only drill that there was.
    func read(_ outcome: Program.Outcome) throws -> Drilled {
        try #require(try desk.names(in: desk.reports).count == 1, "it said: \(outcome.errors)")
        return Drilled(outcome: outcome, report: try desk.onlyReport())
    }

    /// An `aws` that goes before the real one.
    /// - Parameters:
    ///   - script: for sh; `$2` is the operation, `$count` how often it was called before, `$real` the real one.
    /// - Returns: what finds it.
    func aws(replacedBy script: String) throws -> [String: String] {
        let directory = desk.root.appending("bin")
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        let file = try desk.file(
            "bin/aws",
            """
            #!/bin/sh
            real='\(ObjectServer.awsTool)'
            calls='\(desk.root)/calls'
            touch "$calls"
            count=$(grep -c -x -- "$2" "$calls")
            echo "$2" >> "$calls"
            \(script)
            exec "$real" "$@"

            """)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.string)
        return ["PATH": "\(directory):\(environment["PATH"] ?? "")"]
    }

    /// The operations that were called of an `aws` that was replaced.
    func calls() throws -> [String] {
        let file = desk.root.appending("calls").string
        guard FileManager.default.fileExists(atPath: file) else { return [] }
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

/// As a script says it that stands for `aws`.
func refusal(_ code: String) -> String { #"{ echo "An error occurred (\#(code)) when calling: no" >&2; exit 254; }"# }

/// An `aws` that tells something else of instances than there is.
/// - Parameter change: a command of sed's.
func telling(_ change: String) -> String {
    #"case $2 in describe-db-instances) told=$("$real" "$@") || exit; echo "$told" | sed \#(change); exit ;; esac"#
}

/// A server that stands for what AWS would have restored.
struct RestoredServer: Sendable {
    let cluster: SourceCluster

    /// As a plan has it.
    var address: String { "address: '\(cluster.directory):5432'" }

    static func with(
        _ statements: String..., database: String = "orchard", _ body: @Sendable (RestoredServer) async throws -> Void
    ) async throws {
        try await SourceCluster.with { cluster in
            try await cluster.execute("CREATE DATABASE \(database)")
            for statement in statements { try await cluster.execute(statement, database: database) }
            try await body(RestoredServer(cluster: cluster))
        }
    }

    /// Runs a drill, with this server coming up when the drill waits for it, as a restored one does.
    func drill(_ plan: FilePath, in cloud: Cloud, environment: [String: String] = [:]) async throws -> Drilled {
        try await cluster.stop()
        let drill = try cloud.start(plan, environment: environment)
        let waits = try await drill.says("connecting to \(cluster.directory):5432")
        try await cluster.start()
        let outcome = try await drill.outcome()
        #expect(waits, "\(outcome.errors)")
        return try cloud.read(outcome)
    }
}
