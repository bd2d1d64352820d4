import Foundation
import Glibc
import Launcher
import Postgres
import Processes
import SystemPackage
import TestSupport
import Testing

@testable import Scratch

/// What code in a backup can reach from the server that runs it. Each of these reached it before there were walls.
@Suite struct FenceTests {
    /// What a program of the server prints.
    private func output(of program: String, on server: ScratchServer) async throws -> [String] {
        try await withConnection(to: server.target(database: "postgres")) { connection in
            let name = "o_" + String(UInt32.random(in: 0 ... .max), radix: 36)
            try await connection.execute(
                "CREATE TABLE \(name) (line text); COPY \(name) FROM PROGRAM $program$\(program)$program$ (FORMAT csv, DELIMITER e'\\x01', QUOTE e'\\x02')"
            )
            return try await connection.query("SELECT line FROM \(name)").map { try $0.need(at: 0, as: String.self) }
        }
    }

    /// Files that any account of the machine may read, where an account has files.
    @Test func noFileOfTheMachineIsThere() async throws {
        let name = "pgassay-secret-\(UInt32.random(in: 0 ... .max))"
        let places: [FilePath] = ["/tmp", "/var/tmp", "/dev/shm", SharedDirectory.path, TestServer.parent]
        defer { for place in places { unlink(place.appending(name).string) } }
        try await TestServer.with { server in
            for place in places {
                try "secret".write(toFile: place.appending(name).string, atomically: false, encoding: .utf8)
                try #require(chmod(place.appending(name).string, 0o666) == 0)
            }
            let found = try await output(
                of:
                    "find / -name '\(name)' 2>/dev/null; ls -d /home /root /srv /opt /mnt /media /boot /sys 2>/dev/null; echo end",
                on: server)
            #expect(found == ["end"])
            for place in places {
                let error = await #expect(throws: PostgresError.self) {
                    try await withConnection(to: server.target(database: "postgres")) {
                        _ = try await $0.query("SELECT pg_read_file($1)", [place.appending(name).string])
                    }
                }
                #expect(["58P01", "42501"].contains(error?.sqlState?.rawValue), "\(String(describing: error))")
            }
        }
    }

    @Test func noOtherProcessAccountOrSocketIsThere() async throws {
        try await TestServer.with { other in
            try await TestServer.with { server in
                // A worker of the server may end between the list and its reading.
                let processes = try await output(of: "cat /proc/[0-9]*/comm 2>/dev/null; true", on: server)
                #expect(processes.contains("postgres"))
                let strange = processes.filter { name in
                    !["postgres", "pgassay-walls", "sh", "cat"].contains { name.hasPrefix($0) }
                }
                #expect(strange == [])
                #expect(
                    try await output(of: "cut -d: -f1 /etc/passwd /etc/group", on: server).sorted()
                        == ["pgassay", "pgassay", "root", "root"])
                let sockets = try await output(of: "find / -type s 2>/dev/null; true", on: server)
                #expect(sockets == [server.directory.socket.appending(".s.PGSQL.5432").string])
                let listed = try await output(of: "ls \(other.directory.path) 2>&1; true", on: server)
                #expect(listed.first?.contains("No such file") == true, "\(listed)")
            }
        }
    }

    /// One drill's code wrote into the database of another drill, which had the same account.
    @Test func anotherDrillIsOutOfReach() async throws {
        try await TestServer.with { victim in
            try await TestServer.with { server in
                if geteuid() == 0 { #expect(victim.fence.account.userID != server.fence.account.userID) }
                let psql = server.installation.program("psql")
                let said = try await output(
                    of:
                        "\(psql) -h \(victim.directory.socket) -U postgres -c 'CREATE TABLE taken ()' postgres 2>&1; true",
                    on: server)
                #expect(said.joined().contains("No such file or directory"), "\(said)")
                try await withConnection(to: victim.target(database: "postgres")) { connection in
                    let taken = try await connection.query("SELECT FROM pg_class WHERE relname = 'taken'")
                    #expect(taken.isEmpty)
                }
            }
        }
    }

    /// Nothing of a drill can be exchanged, and it stays recognisable when it is killed.
    @Test func theLockAndTheDirectoriesStay() async throws {
        try await TestServer.with { server in
            let path = server.directory.path
            _ = try await output(
                of:
                    "cd \(path); rm -f pgassay.lock ../\(path.lastComponent!)/pgassay.lock; mv data other; mv socket x; ln -s /etc data; true",
                on: server)
            var status = stat()
            #expect(lstat(server.directory.lockFile.string, &status) == 0)
            #expect(lstat(server.directory.data.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR)
            #expect(lstat(server.directory.socket.string, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR)
            if geteuid() == 0 {
                #expect(lstat(path.string, &status) == 0 && status.st_uid == 0 && status.st_mode & 0o022 == 0)
            }
        }
    }

    /// A server that the backup puts on the socket is not believed.
    @Test func aServerOfTheBackupIsNotBelieved() async throws {
        try await TestServer.with { server in
            let socket = server.directory.socket.appending(".s.PGSQL.5432")
            let script = """
                import os, socket, time
                os.unlink('\(socket)')
                s = socket.socket(socket.AF_UNIX)
                s.bind('\(socket)')
                s.listen(9)
                time.sleep(600)
                """
            let file = server.directory.data.appending("fake.py")
            try server.write(script, to: "fake.py")
            _ = try await output(
                of: "setsid /usr/bin/python3 \(file) >/dev/null 2>&1 & sleep 1; echo started", on: server)
            try await eventually("the other server listens") {
                do {
                    try await Connection(to: server.target(database: "postgres")).close()
                    return false
                } catch let error as PostgresError {
                    return error.description.contains("is not the server that was started there")
                }
            }
        }
    }

    @Test func noRightIsLeft() async throws {
        try await TestServer.with { server in
            let status = try await output(of: "cat /proc/self/status", on: server)
            for line in ["NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "Seccomp:\t2"] {
                #expect(status.contains(line))
            }
            for call in [
                "unshare --user true", "unshare --mount true", "mount -t tmpfs none /tmp",
                "python3 -c 'import socket; socket.socket(40)'",
            ] {
                let said = try await output(of: "\(call) >/dev/null 2>&1 && echo possible; true", on: server)
                #expect(said == [], "\(call)")
            }
        }
    }

    /// What is left in places that every account may write to is gone with the server.
    @Test func nothingIsLeftInSharedPlaces() async throws {
        let name = "pgassay-left-\(UInt32.random(in: 0 ... .max))"
        let places = ["/tmp", "/var/tmp", "/dev/shm", "/run/lock"]
        try await TestServer.with { server in
            for place in places { _ = try await output(of: "touch \(place)/\(name); true", on: server) }
        }
        for place in places { #expect(!FileManager.default.fileExists(atPath: "\(place)/\(name)")) }
    }

    /// What is exchanged after it was looked at is not shown.
    @Test func whatWasExchangedIsNotShown() async throws {
        try await withTemporaryDirectory { directory in
            let fence = try await Fence.ofDrill(account: nil, isolation: .required)
            let installation = try await TestServer.installation()
            for exchange in ["rm backup/file; ln -s /etc/shadow backup/file", "mv backup other; ln -s /etc backup"] {
                try await shell("rm -rf backup other; mkdir backup; echo mine > backup/file", in: directory)
                let file = directory.appending("backup/file")
                let sight = try Sight.present(file, .readAsOwner)
                try await shell(exchange, in: directory)
                let command = try await fence.around(
                    Command("/usr/bin/cat", [file.string], directory: "/"), of: installation, seeing: [sight])
                let error = await #expect(throws: ScratchError.self) { try await command.run(deadline: .seconds(600)) }
                guard case .wallsFailed = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    /// A file that only root may read is shown to the program, and only that file.
    @Test func filesOfRootAreLent() async throws {
        try #require(geteuid() == 0, "this test needs root")
        try await withTemporaryDirectory { directory in
            try await shell(
                "umask 077; mkdir backup; echo mine > backup/file; echo alone > single; ln -s /etc/shadow backup/link",
                in: directory)
            let fence = try await Fence.ofDrill(account: nil, isolation: .required)
            let sights = try ["backup", "single"].map { try Sight.present(directory.appending($0), .readAsOwner) }
            let script =
                "cat backup/file single; cat backup/link; echo more > backup/file; touch backup/new; ls -ld /proc/1/root; true"
            let command = try await fence.around(
                Command("/bin/sh", ["-c", "cd \(directory); \(script)"], directory: "/"),
                of: try await TestServer.installation(), seeing: sights)
            let outcome = try await command.run(deadline: .seconds(600))
            #expect(outcome.output.hasPrefix("mine\nalone\n"), "\(outcome)")
            #expect(outcome.errorOutput.contains("backup/link: No such file"), "\(outcome.errorOutput)")
            #expect(try String(contentsOfFile: directory.appending("backup/file").string, encoding: .utf8) == "mine\n")
        }
    }

    private func shell(_ script: String, in directory: FilePath) async throws {
        let outcome = try await Command("/bin/sh", ["-c", script], directory: directory).run(deadline: .seconds(600))
        try #require(outcome.succeeded, "\(outcome.failure)")
    }
}
