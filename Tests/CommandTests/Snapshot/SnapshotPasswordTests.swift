import Foundation
import SystemPackage
import TestSupport
import Testing

/// How a drill logs in to what was restored; and that the password is seen nowhere.
@Suite struct SnapshotPasswordTests {
    private static let secret = "a:secret\\of-nobody"

    struct Way: Sendable, CustomTestStringConvertible {
        let reason: String
        var key = ""
        var environment: [String: String] = [:]
        var isLetIn = true

        var testDescription: String { reason }
    }

    static let ways = [
        Way(reason: "a variable", environment: ["PGPASSWORD": secret]),
        Way(reason: "a file that the plan names", key: "passwordFile: pgpass"),
        Way(reason: "a token", key: "token: true", environment: ["PGSSLMODE": "prefer"]),
        Way(reason: "a wrong one", environment: ["PGPASSWORD": "guessed-by-nobody"], isLetIn: false),
    ]

    @Test(arguments: ways)
    func by(_ way: Way) async throws {
        try await RestoredServer.with(SnapshotTests.good) { server in
            try await server.cluster.execute(
                "CREATE ROLE drill LOGIN PASSWORD '\(Self.secret)'; GRANT pg_read_all_data TO drill")
            let rules = server.cluster.data.appending("pg_hba.conf").string
            let text = try String(contentsOfFile: rules, encoding: .utf8)
            try Data("local all drill scram-sha-256\n\(text)".utf8).write(to: URL(filePath: rules))
            try await Cloud.with { cloud in
                let quoted = Self.secret.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
                let file = try cloud.desk.file("pgpass", "*:*:*:drill:\(quoted)\n")
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.string)
                let replaced = try cloud.aws(
                    replacedBy: """
                        tr '\\0' '\\n' < /proc/self/environ >> "$calls.environment"
                        test "$2" = generate-db-auth-token && exec printf '%s\\n' '\(Self.secret)'
                        """)
                let seen = Task {
                    var lines: Set<String> = []
                    while !Task.isCancelled {
                        lines.formUnion(commandLines())
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                    return lines
                }
                let drilled = try await server.drill(
                    try cloud.plan("\(server.address)\n    user: drill\n    \(way.key)"), in: cloud,
                    environment: replaced.merging(way.environment) { $1 })
                seen.cancel()
                #expect(drilled.exitCode == (way.isLetIn ? 0 : 3), "\(drilled.complaints) \(drilled.outcome.errors)")
                if way.isLetIn {
                    #expect(drilled.report.environment.account == "drill")
                } else {
                    #expect(drilled.complaints.contains("password (SQLSTATE 28P01)"), "\(drilled.complaints)")
                }
                for word in ["secret\\of-nobody", "guessed-by-nobody"] {
                    try cloud.desk.expectNowhere(word, drilled)
                    #expect(await !seen.value.contains { $0.contains(word) && $0.contains("pgassay ") })
                    let environment = try String(
                        contentsOfFile: cloud.desk.root.appending("calls.environment").string, encoding: .utf8)
                    #expect(!environment.contains(word), "a child has it")
                }
                #expect(try await cloud.left() == [])
            }
        }
    }

    /// Before anything is made that costs money.
    @Test func aPasswordFileThatIsNotThere() async throws {
        try await Cloud.with { cloud in
            let replaced = try cloud.aws(replacedBy: "")
            let drilled = try await cloud.drill(
                try cloud.plan("passwordFile: /nowhere/pgpass"), environment: replaced)
            #expect(drilled.exitCode == 3)
            #expect(drilled.complaints.contains("There is no password file /nowhere/pgpass"), "\(drilled.complaints)")
            #expect(try cloud.calls() == ["describe-db-snapshots"])
        }
    }
}

/// Of every process there is.
private func commandLines() -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { Int($0) != nil }.compactMap { process in
        FileManager.default.contents(atPath: "/proc/\(process)/cmdline")
            .map { String(decoding: $0.map { $0 == 0 ? 32 : $0 }, as: UTF8.self) }
    }
}
