import Foundation
import Manifest
import Postgres
import Scratch
import SystemPackage
import TestSupport

/// Good dumps of one database in every form, each with the manifest of the source, made once.
struct DamageCorpus: Sendable {
    static let once = Once { try await Turn.exempt { try await DamageCorpus.make() } }

    private static let directory = SharedDirectory.path.appending("damage")

    /// A copy of a good dump.
    static func copy(_ form: DamageForm, to path: FilePath) async throws -> DamagedDump {
        _ = try await once.value
        try FileManager.default.copyItem(atPath: place(form).string, toPath: path.string)
        return DamagedDump(form: form, path: path)
    }

    /// Puts the manifest of a good dump beside a copy.
    static func copyManifest(of dump: DamagedDump) throws {
        try FileManager.default.copyItem(
            atPath: ManifestFile.path(beside: place(dump.form)).string,
            toPath: ManifestFile.path(beside: dump.path).string)
    }

    private static func place(_ form: DamageForm) -> FilePath {
        directory.appending("\(form.major)-\(form.name.replacing(" ", with: "-"))")
    }

    private static func make() async throws -> DamageCorpus {
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        let sql = try String(
            contentsOfFile: FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
                .appending("SQL/damage.sql").string, encoding: .utf8)
        for (major, forms) in Dictionary(grouping: DamageForm.all, by: \.major) {
            try await TestServer.shared(major: major) { server in
                try await withConnection(to: server.target(database: "postgres")) {
                    try await $0.execute("CREATE DATABASE damage TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
                }
                try await withConnection(to: server.target(database: "damage")) { try await $0.execute(sql) }
                for form in forms {
                    try await capture(form, of: server)
                }
            }
        }
        return DamageCorpus()
    }

    private static func capture(_ form: DamageForm, of server: ScratchServer) async throws {
        let source = "postgresql:///damage?host=\(server.directory.socket)&user=postgres"
        let program = server.installation.program("pg_dump").string
        let captured = try await Program.ofThisPackage("pgassay").run(
            [
                "capture", "--database", source, "--output", place(form).string, "--unsigned", "--pg-dump", program,
                "--", "--format=\(form.format.rawValue)",
            ] + form.options, in: directory,
            environment: ProcessInfo.processInfo.environment.filter { ["PATH", "PGASSAY_POSTGRES"].contains($0.key) })
        guard captured.exitCode == 0 else { throw DamagedDump.Unfit(description: captured.errors) }
    }
}
