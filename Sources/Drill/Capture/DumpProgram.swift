import Foundation
import Postgres
import Processes
import Scratch
import SourceSnapshot
import SystemPackage

/// A `pg_dump` of this machine.
struct DumpProgram: Sendable {
    let path: FilePath
    /// What it says of itself: `pg_dump (PostgreSQL) 15.8`.
    let words: String
    let major: Int

    /// The one that a person named, or that of the server's major version, or the oldest one that is newer.
    /// - Parameter server: the server's version as a number, such as 150008.
    /// - Throws: ``CaptureError``.
    static func find(named path: FilePath?, server: Int, _ serverVersion: String) async throws -> DumpProgram {
        let wanted = server / 10_000
        if let path {
            let program = try await DumpProgram(at: path.string.contains("/") ? path : inPath(path))
            guard program.major >= wanted else {
                throw CaptureError.tooOldProgram(path, version: "\(program.major)", server: serverVersion)
            }
            return program
        }
        var found: [DumpProgram] = []
        for path in Installation.places.map({ $0.appending("pg_dump") })
        where FileManager.default.isExecutableFile(atPath: path.string) {
            // One that cannot be run is none.
            if let program = try? await DumpProgram(at: path), program.major >= wanted { found.append(program) }
            if found.last?.major == wanted { break }
        }
        guard let best = found.min(by: { $0.major < $1.major }) else { throw CaptureError.noProgram(wanted: wanted) }
        return best
    }

    /// A program that was named without a directory, as a shell finds it.
    private static func inPath(_ name: FilePath) -> FilePath {
        let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
            FilePath(String($0)).appending(name.string)
        }
        return places.first { FileManager.default.isExecutableFile(atPath: $0.string) } ?? name
    }

    private init(at path: FilePath) async throws {
        let outcome: Command.Outcome
        do {
            outcome = try await Command(path, ["--version"]).run(deadline: .seconds(300))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw CaptureError.programNotRun(path, reason: "\(error)")
        }
        let words = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        guard outcome.succeeded, let match = words.firstMatch(of: /pg_dump \(PostgreSQL\) (\d+)/),
            let major = Int(match.1)
        else { throw CaptureError.programNotRun(path, reason: "it does not say that it is pg_dump") }
        (self.path, self.words, self.major) = (path, words, major)
    }

    /// What says where to connect, and how.
    private static let keywords: Set<String> = [
        "host", "hostaddr", "port", "user", "dbname", "passfile", "options", "sslmode", "sslcert", "sslkey",
        "sslrootcert", "sslcrl", "channel_binding", "gssencmode", "krbsrvname", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "connect_timeout",
    ]

    /// A dump of a snapshot.
    struct Made: Sendable {
        let exitCode: Int32
        let seconds: Double
        let messages: [String]
    }

    /// Dumps a snapshot into a file or directory that is not there yet.
    /// - Throws: ``CaptureError/dumpFailed(program:reason:)``, ``PostgresError``; `CancellationError`.
    func dump(_ snapshot: SourceSnapshot, to path: FilePath, _ arguments: [String]) async throws -> Made {
        let leader = snapshot.leader
        // The server that the snapshot is of: with several hosts, libpq might choose another one.
        let target = try await leader.resolvedTarget.keeping(Self.keywords)
            .with("application_name", "pgassay capture pg_dump")
        let ours = ProcessInfo.processInfo.environment.filter { name, _ in
            name == "HOME" || name == "USER" || name == "PATH" || name.hasPrefix("PGSSL") || name == "PGPASSFILE"
                || name.hasPrefix("KRB5") || name.hasPrefix("PGGSS") || name == "PGKRBSRVNAME"
        }
        let password = try await leader.password.map { ["PGPASSWORD": $0] } ?? [:]
        let command = Command(
            self.path,
            ["--dbname=\(target.connectionString)", "--no-password", "--snapshot=\(snapshot.name)", "--file=\(path)"]
                + arguments,
            environment: ours.merging(password) { $1 })
        let began = ContinuousClock.now
        // It ends with its connections: the server has its own time limits.
        let outcome = try await command.run(deadline: .seconds(30 * 86_400))
        guard outcome.succeeded else { throw CaptureError.dumpFailed(program: words, reason: outcome.failure) }
        let lines = outcome.errorOutput.split(whereSeparator: \.isNewline).map { String($0.prefix(500)) }
        return Made(
            exitCode: outcome.exitCode ?? 0, seconds: (ContinuousClock.now - began) / .seconds(1),
            messages: Array(lines.suffix(20)))
    }
}
