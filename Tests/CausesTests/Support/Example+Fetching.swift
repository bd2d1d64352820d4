import Drill
import Fetch
import Foundation
import Scratch
import SystemPackage
import TestSupport
import Testing

/// Backups that cannot be brought here.
extension Example {
    static let fetching = [
        fetching("not-fetched", "the store is away", "a tool that fails") { _ in
            CommandBackup(command: ["sh", "-c", "echo the store is away >&2; exit 7"], variables: [])
        },
        fetching("not-opened", "Without the right key", "a program that has another key") { lab in
            let file = lab.directory.appending("x.age")
            try Data("age-encryption.org/v1\n".utf8).write(to: URL(filePath: file.string))
            return EncryptedFiles(files: [file], decryption: Decryption(command: ["age", "--decrypt"], variables: []))
        },
        Example("repository-damaged", "found damage", "a file of the repository that was changed") { lab in
            try await SourceCluster.with(major: 15) { cluster in
                let repository = try await PgBackRestRepository(of: cluster)
                let name = try await repository.backup("full")
                let path = try await cluster.value("SELECT pg_relation_filepath('pg_catalog.pg_proc')")
                let file = URL(
                    filePath: repository.repository.appending("backup/main/\(name)/pg_data/\(path).gz").string)
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: file)
                return try await fetch(
                    PgBackRest(stanza: "main", configuration: repository.configuration.string), in: lab)
            }
        },
    ]

    private static func fetching(
        _ rule: String, _ says: String, _ reason: String,
        _ make: @escaping @Sendable (Lab) throws -> any BackupRepository
    ) -> Example {
        Example(rule, says, reason) { lab in try await fetch(try make(lab), in: lab) }
    }

    private static func fetch(_ repository: any BackupRepository, in lab: Lab) async throws -> [Decided] {
        try await lab.ending {
            try await withWorkspace(
                below: TestServer.parent, account: nil, diskSpace: 0, label: "lab", cleanup: CleanupLog()
            ) { workspace in
                let backup = try await repository.backups()[0]
                let fetched = try await repository.fetch(
                    backup, to: workspace, deadline: .seconds(600), emit: { _ in })
                Issue.record("it was fetched: \(fetched)")
            }
        }
    }
}
