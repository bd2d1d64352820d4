import Foundation
import Synchronization
import Testing

/// The one server that all tests of this process use: of the oldest installation, as each pg_dump reads servers up to
/// its own age.
///
/// It is the child of a shell that waits for this process to end, in whatever way, then stops it and removes it.
final class TestServer: Sendable {
    /// Where its data and its socket are.
    let directory: String

    private static let state = Mutex<Result<TestServer, any Error>?>(nil)

    static func shared() throws -> TestServer {
        try state.withLock { state in
            if state == nil { state = Result { try TestServer(Installation.all[0]) } }
            return try state!.get()
        }
    }

    /// Kept open until this process ends.
    private static let leash = Pipe()

    private init(_ installation: Installation) throws {
        directory = try makeTemporaryDirectory()
        let script = """
            set -e
            cd '\(directory)'
            '\(installation.binaries)/initdb' -D data -U postgres -A trust -E UTF8 --locale=C > initdb.log
            '\(installation.binaries)/postgres' -D data -k '\(directory)' -c listen_addresses= -c fsync=off \
                > server.log 2>&1 < /dev/null &
            server=$!
            cat > /dev/null
            kill -INT $server
            wait $server || true
            rm -rf '\(directory)'
            """
        let process = Process()
        if geteuid() == 0 {
            // The server refuses to run as root.
            let nobody = try #require(getpwnam("nobody")).pointee
            try #require(chown(directory, nobody.pw_uid, nobody.pw_gid) == 0)
            process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            process.arguments = [
                "--reuid=\(nobody.pw_uid)", "--regid=\(nobody.pw_gid)", "--clear-groups", "/bin/sh", "-c", script,
            ]
        } else {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
        }
        process.standardInput = Self.leash.fileHandleForReading
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = Date() + 600
        while try run(
            "\(installation.binaries)/psql", ["-XAtqc", "SELECT 1", "-h", directory, "-U", "postgres", "postgres"]
        ).status != 0 {
            try #require(Date() < deadline, "the server did not start within ten minutes")
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
