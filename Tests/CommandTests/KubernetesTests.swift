import Foundation
import SystemPackage
import TestSupport
import Testing

/// The schemas of Kubernetes know what our files ask for: in the oldest version that the files name, and in the newest that the validator
/// has (kubernetes-validate, which brings the schemas of the API server).
@Suite struct KubernetesTests {
    private static let versions = "1.27,1.37"
    private static let root = FilePath(#filePath).removingLastComponent().appending("../..").lexicallyNormalized()

    private static var files: [FilePath] {
        get throws {
            let directory = root.appending("config/kubernetes")
            return try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted().map(
                directory.appending)
        }
    }

    /// What is wrong with each file, by its path.
    private static func problems(_ files: [FilePath]) async throws -> [String: [String]] {
        let python =
            ProcessInfo.processInfo.environment["PGASSAY_PYTHON"] ?? root.appending(".venv/bin/python").string
        let script = root.appending("Tests/CommandTests/validate_kubernetes.py").string
        let outcome = try await Program(FilePath(python)).run(
            [script, versions] + files.map(\.string), in: root,
            environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        return try JSONDecoder().decode([String: [String]].self, from: Data(outcome.output.utf8))
    }

    @Test func theFilesAreValid() async throws {
        let problems = try await Self.problems(Self.files)
        #expect(problems.count == 3 && problems.values.allSatisfy(\.isEmpty), "\(problems)")
    }

    /// One plan, and more than fit into one digit, from a directory whose name YAML could take for something else.
    @Test(arguments: [1, 12]) func whatTheCommandWritesIsValid(plans: Int) async throws {
        try await withDesk { desk in
            let directory = desk.root.appending("1e3")
            try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
            for number in 1...plans {
                _ = try desk.file("1e3/\(number).yaml", "name: p\(number)\nbackup: { path: /b }\n")
            }
            let written = try await desk.pgassay(["fleet", "1e3", "--kubernetes", "--ledger", "s3://evidence/1.5"])
            let file = try desk.file("job.yaml", written.output)
            #expect(try await Self.problems([file]) == [file.string: []])
            #expect(written.output.contains("completions: \(plans)\n"))
        }
    }

    /// A file with a mistake is refused, by both versions.
    @Test(arguments: [
        ("readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", "readOnlyRootFileSystem"),
        ("runAsNonRoot: true", "runAsNonRoot: please", "please"),
        ("completions: 4", "completions: four", "four"),
        ("          restartPolicy: Never\n", "          restartPolicies: Never\n", "restartPolicies"),
        ("kind: CronJob", "kind: CronJobs", "CronJobs"),
        ("apiVersion: batch/v1", "apiVersion: batch/v1beta1", "batch/v1beta1"),
    ])
    func aMistakeIsRefused(right: String, wrong: String, named: String) async throws {
        try await withDesk { desk in
            let text = try String(
                contentsOfFile: Self.root.appending("config/kubernetes/pgassay-fleet.yaml").string, encoding: .utf8)
            try #require(text.contains(right))
            let file = try desk.file("job.yaml", text.replacing(right, with: wrong))
            let problems = try #require(try await Self.problems([file])[file.string])
            #expect(problems.count == 2 && problems.allSatisfy { $0.contains(named) }, "\(problems)")
        }
    }
}
