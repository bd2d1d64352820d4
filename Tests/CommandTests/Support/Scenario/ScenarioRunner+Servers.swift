import Foundation
import Postgres
import SystemPackage
import TestSupport

extension ScenarioRunner {
    /// Makes a database on the server of this case.
    func makeDatabase(_ name: String, _ statements: String) async throws {
        guard let server else { throw ScenarioRunError(problem: "there is no server") }
        try await withConnection(to: server.target(database: "postgres")) {
            try await $0.execute("CREATE DATABASE \(quoteIdentifier(name)) TEMPLATE template0 ENCODING 'UTF8'")
        }
        let target = server.target(database: name)
        if !statements.isEmpty {
            try await withConnection(to: target) { try await $0.execute(statements) }
        }
        connect(name, to: target.connectionString)
    }

    /// Makes a server, runs statements on it in one session, and copies its files.
    func makeCopy(_ name: String, _ kind: ServerCopy, _ statements: [String]) async throws {
        let copy = try await path(name)
        let files = try await SourceCluster.with { cluster in
            let files = try await withConnection(to: cluster.target()) { connection in
                for statement in statements where !statement.isEmpty { _ = try await connection.execute(statement) }
                try await connection.execute("CHECKPOINT")
                return try await connection.query(
                    """
                    SELECT relname::text, pg_relation_filepath(oid) FROM pg_class
                    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                    """
                ).map { (try $0.need(at: 0, as: String.self), try $0.need(at: 1, as: String.self)) }
            }
            switch kind {
            case .stopped:
                try await cluster.stop()
                try await cluster.copyFiles(to: copy)
                try await cluster.start()
            case .baseBackup:
                let backup = try await cluster.baseBackup("backup")
                try FileManager.default.moveItem(atPath: backup.string, toPath: copy.string)
            }
            return files
        }
        for (table, file) in files { relationFiles[table] = file }
    }
}
