import Foundation
import Postgres
import Sample
import Scratch
import SystemPackage
import TestSupport

/// Good dumps of one database in every form, made once.
struct DamageCorpus: Sendable {
    static let once = Once { try await Turn.exempt { try await DamageCorpus.make() } }

    private static let directory = SharedDirectory.path.appending("damage")

    /// A copy of a good dump.
    static func copy(_ form: DamageForm, to path: FilePath) async throws -> DamagedDump {
        _ = try await once.value
        try FileManager.default.copyItem(atPath: place(form).string, toPath: path.string)
        return DamagedDump(form: form, path: path)
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
                    try await Sample.dump(
                        "damage", of: server, format: form.format, options: form.options, to: place(form))
                }
            }
        }
        return DamageCorpus()
    }
}
