import Foundation
import Glibc
import Postgres
import Report
import Scratch
import SystemPackage
import TestSupport
import Testing

/// The same attacks wherever pgassay runs, and the table of docs/security.md, which is what came of them. `make docs` writes it.
@Suite struct WallsPageTests {
    @Test func theTableIsWhatTheAttacksCameTo() async throws {
        try #require(geteuid() == 0, "this test needs root, to run pgassay as several accounts")
        // All at once: what each leaves in places that all of them share has a name of its own.
        let columns = try await withThrowingTaskGroup(of: (Circumstance, [Attack: String]).self) { group in
            for circumstance in Circumstance.allCases {
                group.addTask { (circumstance, try await attempt(circumstance)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let head = ["attack by code in a backup"] + Circumstance.allCases.map(\.rawValue)
        let rows =
            [head, head.map { _ in "---" }]
            + Attack.allCases.map { attack in
                [attack.rawValue] + Circumstance.allCases.map { columns[$0]?[attack] ?? "" }
            }
        let table = rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/security.md")
            .standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let place = try #require(text.firstMatch(of: /(?s)<!-- attacks: [^\n]*-->\n\n(.*?)\n<!-- \/attacks -->/))
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try text.replacingCharacters(in: place.1.startIndex..<place.1.endIndex, with: table).write(
                to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(String(place.1) == table, "run make docs")
        }
        for (circumstance, column) in columns {
            for (attack, result) in column {
                // Without walls, only the launcher is left, which ends what a program leaves.
                let expected =
                    circumstance == .neither
                    ? "not run" : circumstance == .noWalls && attack != .outlives ? "REACHED" : "held"
                #expect(result == expected, "\(attack.rawValue) \(circumstance.rawValue)")
            }
        }
    }

    private enum Attack: String, CaseIterable {
        case key = "reads the signing key"
        case report = "puts a report of its own among the reports"
        case home = "reads a file that every account may read"
        case process = "looks into another process of the account"
        case drill = "writes into the database of another drill"
        case network = "connects to a port of this machine"
        case abstract = "connects to an abstract socket"
        case left = "leaves a file in /tmp, /var/tmp or /dev/shm"
        case outlives = "leaves a program running"
    }

    /// Drills a dump that tries everything, and says of each attack what came of it.
    private func attempt(_ circumstance: Circumstance) async throws -> [Attack: String] {
        try await withDesk { desk in
            let mark = "pgassay-mark-\(UInt32.random(in: 0 ... .max))"
            let key = try await makeKey(at: desk, circumstance)
            let open = try desk.file("open.txt", "open")
            try FileManager.default.createDirectory(atPath: desk.reports.string, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: desk.scratch.string, withIntermediateDirectories: true)
            for path in [desk.reports, desk.scratch, desk.root] { try circumstance.give(path) }
            let listener = try Listener(named: mark)
            defer { listener.close() }
            let neighbour = Process()
            neighbour.executableURL = URL(filePath: circumstance.isAccount ? "/usr/bin/setpriv" : "/usr/bin/env")
            let sleeping = ["/usr/bin/sleep", "600"]
            neighbour.arguments =
                circumstance.isAccount ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] + sleeping : sleeping
            neighbour.environment = ["MARK": mark]
            neighbour.standardOutput = FileHandle.nullDevice
            neighbour.standardError = FileHandle.nullDevice
            try neighbour.run()
            // Swift's Process starts a child with signals blocked.
            defer { kill(neighbour.processIdentifier, SIGKILL) }
            return try await withVictim(circumstance, at: desk) {
                let dump = try desk.script(
                    Self.script(desk, mark: mark, key: key, open: open, port: listener.port))
                let before = Set(try desk.names(in: desk.reports))
                let outcome = try await circumstance.run(
                    [
                        "drill", try subject(dump, circumstance, at: desk).string, "--reports", desk.reports.string,
                        "--signing-key", key.string,
                    ], at: desk)
                if circumstance == .noWalls {
                    #expect(outcome.output.hasPrefix("NO WALLS"), "\(outcome.output)")
                }
                if circumstance == .neither {
                    #expect(outcome.exitCode == 3, "\(outcome.errors)")
                    #expect(outcome.output.contains("allows no wall"), "\(outcome.output)")
                    return Dictionary(uniqueKeysWithValues: Attack.allCases.map { ($0, "not run") })
                }
                let names = try desk.names(in: desk.reports).filter {
                    $0.hasSuffix(".dsse.json") && !before.contains($0)
                }
                try #require(names.count == 1, "\(circumstance): \(outcome.errors)")
                let report = try StoredReport(contentsOf: desk.reports.appending(names[0])).statement.report
                var results: [Attack: String] = [:]
                for attack in Attack.allCases {
                    let table = try #require(
                        report.tables.first { $0.name == "\(attack)" }, "\(circumstance) \(outcome.errors)")
                    results[attack] = table.rows == 0 ? "held" : "REACHED"
                }
                // What an attack did is seen from outside.
                if unlink(desk.reports.appending("forged").string) == 0 { results[.report] = "REACHED" }
                let places = ["/tmp", "/var/tmp", "/dev/shm"].map { "\($0)/\(mark)" }
                let left = places.filter { FileManager.default.fileExists(atPath: $0) }
                results[.left] = left.isEmpty ? "held" : "REACHED"
                for path in left { unlink(path) }
                results[.outlives] =
                    processes(using: FilePath("sleep 3600.\(mark.suffix(9))")).isEmpty ? "held" : "REACHED"
                return results
            }
        }
    }

    /// Each attack puts a row into a table that is named like it.
    private static func script(_ desk: Desk, mark: String, key: FilePath, open: FilePath, port: UInt16) -> String {
        func sql(_ attack: Attack, _ statement: String) -> String {
            "DO $$ BEGIN \(statement); INSERT INTO public.\(attack) VALUES ('reached'); EXCEPTION WHEN OTHERS THEN NULL; END $$;"
        }
        func program(_ attack: Attack, _ words: String) -> String {
            """
            DO $do$ BEGIN COPY public.\(attack) FROM PROGRAM $p$( \(words) ) >/dev/null 2>&1 && echo reached; true$p$;
            EXCEPTION WHEN OTHERS THEN NULL; END $do$;
            """
        }
        let psql = "/usr/lib/postgresql/15/bin/psql"
        return Attack.allCases.map { "CREATE TABLE public.\($0) (what text);" }.joined(separator: "\n")
            + [
                sql(.key, "PERFORM pg_read_binary_file('\(key)')"),
                sql(.report, "COPY (SELECT 'forged') TO '\(desk.reports)/forged'"),
                sql(.home, "PERFORM pg_read_file('\(open)')"),
                program(.process, "cat /proc/[0-9]*/environ | grep -q \(mark)"),
                program(
                    .drill,
                    "for s in \(desk.scratch)/pgassay-*/socket*; do test -S $s/.s.PGSQL.5432 || continue; "
                        + "\(psql) -h $s -U postgres -c 'CREATE TABLE public.taken ()' restored && "
                        + "test $(\(psql) -h $s -U postgres -Atc 'select count(*) from public.victim' restored) = 1 && exit 0; done; exit 1"
                ),
                program(.network, "bash -c 'exec 3<>/dev/tcp/127.0.0.1/\(port)'"),
                program(
                    .abstract,
                    "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + \"\(mark)\")'"),
                program(
                    .left, "touch /tmp/\(mark); touch /var/tmp/\(mark); touch /dev/shm/\(mark); false"),
                program(
                    .outlives, "cd /; setsid sleep 3600.\(mark.suffix(9)) >/dev/null 2>&1 </dev/null & false"),
            ].joined(separator: "\n")
    }

    /// The dump, or a plan for it.
    private func subject(_ dump: FilePath, _ circumstance: Circumstance, at desk: Desk) throws -> FilePath {
        circumstance == .noWalls ? try desk.plan(dump, "scratch: { isolation: none }") : dump
    }

    private func makeKey(at desk: Desk, _ circumstance: Circumstance) async throws -> FilePath {
        let made = try await desk.pgassay(["keys", "generate", "--output", "keys"])
        try #require(made.exitCode == 0, "\(made.errors)")
        let keys = desk.root.appending("keys")
        for path in [keys, keys.appending("signing-key.pem")] { try circumstance.give(path) }
        return keys.appending("signing-key.pem")
    }

    /// Runs `body` beside the server of another drill of the same account.
    private func withVictim(
        _ circumstance: Circumstance, at desk: Desk, _ body: () async throws -> [Attack: String]
    ) async throws -> [Attack: String] {
        guard circumstance != .neither else { return try await body() }
        let dump = try desk.file(
            "victim.sql",
            Data(contentsOf: URL(filePath: try desk.script("CREATE TABLE public.victim AS SELECT 1 AS i;").string)).map
            { $0 })
        let outcome = try await circumstance.run(
            [
                "drill", try subject(dump, circumstance, at: desk).string, "--unsigned", "--keep-scratch", "--reports",
                desk.reports.string,
            ], at: desk)
        try #require(outcome.exitCode == 0, "\(circumstance): \(outcome.output)")
        let kept = desk.scratch.appending(try #require(try desk.names(in: desk.scratch).first))
        let results: Result<[Attack: String], any Error>
        do {
            results = .success(try await body())
        } catch {
            results = .failure(error)
        }
        let clean = try await circumstance.run(["clean", kept.string], at: desk)
        #expect(clean.exitCode == 0, "\(clean.errors)")
        return try results.get()
    }
}

/// A port of this machine and an abstract socket on which something listens.
private struct Listener {
    let port: UInt16
    private let sockets: [Int32]

    init(named name: String) throws {
        let internet = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try #require(bind(internet, address, size) == 0 && listen(internet, 9) == 0)
                try #require(getsockname(internet, address, &size) == 0)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        let local = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var path = sockaddr_un()
        path.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &path.sun_path) { $0[1..<1 + name.utf8.count].copyBytes(from: name.utf8) }
        try withUnsafePointer(to: &path) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try #require(bind(local, address, socklen_t(3 + name.utf8.count)) == 0 && listen(local, 9) == 0)
            }
        }
        sockets = [internet, local]
    }

    func close() { for socket in sockets { Glibc.close(socket) } }
}
