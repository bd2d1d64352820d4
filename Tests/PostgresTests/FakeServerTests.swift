import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

/// A program that a backup runs takes the place of the server's socket, and answers what it likes.
@Suite struct FakeServerTests {
    @Test(
        arguments: [
            ("a row", "D"), ("a description of rows", "T"), ("a message of no kind", "V"),
        ])
    func anAnswerWithoutAnEndEndsTheConnection(_ what: String, _ kind: String) async throws {
        try await withFakeServer(kind) { target, sent in
            let connection = try await Connection(to: target)
            await #expect {
                try await connection.query("SELECT 1")
            } throws: { error in
                guard case .connectionLost(let reason)? = error as? PostgresError else { return false }
                return reason.contains("are taken")
            }
            // The server began to send a gigabyte; hardly any of it was taken.
            #expect(sent() < 8 << 20, "\(what)")
        }
    }

    @Test func anErrorOfAGigabyteIsCut() async throws {
        try await withFakeServer("E") { target, _ in
            let connection = try await Connection(to: target)
            await #expect {
                try await connection.query("SELECT 1")
            } throws: { error in
                guard case .server(let fields)? = error as? PostgresError else { return false }
                return fields.message.utf8.count < 8192
            }
        }
    }

    /// Answers the first statement with one message of a gigabyte.
    private func withFakeServer(
        _ kind: String, _ body: (_ target: ConnectionTarget, _ sent: () -> Int) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let counter = directory.appending("sent")
            let script = directory.appending("server.py")
            try Data(Self.script.utf8).write(to: URL(filePath: script.string))
            let server = try Program("/usr/bin/python3").start(
                [script.string, directory.appending(".s.PGSQL.5432").string, kind, counter.string], in: directory,
                environment: [:])
            defer { server.send(SIGKILL) }
            try #require(try await server.says("listening"))
            var target = ConnectionTarget(host: directory.string, port: 5432, user: "u", database: "d")
            target.boundsAnswers = true
            try await body(target) {
                Int((try? String(contentsOfFile: counter.string, encoding: .utf8)) ?? "0") ?? 0
            }
        }
    }

    private static let script = """
        import socket, struct, sys
        def message(kind, body): return kind + struct.pack("!I", len(body) + 4) + body
        def take(s):
            kind = s.recv(1)
            if not kind: sys.exit(0)
            length = struct.unpack("!I", s.recv(4, socket.MSG_WAITALL))[0]
            s.recv(length - 4, socket.MSG_WAITALL)
            return kind
        path, kind, counter = sys.argv[1:]
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        print("listening", file=sys.stderr, flush=True)
        s, _ = listener.accept()
        length = struct.unpack("!I", s.recv(4, socket.MSG_WAITALL))[0]
        s.recv(length - 4, socket.MSG_WAITALL)
        s.sendall(message(b"R", b"\\0\\0\\0\\0") + message(b"S", b"server_version\\00015.0\\0") + message(b"Z", b"I"))
        while take(s) not in (b"S", b"Q"): pass
        size = (1 << 30) - 6
        s.sendall(kind.encode() + struct.pack("!I", size + 4))
        body = b"SERROR\\0C42601\\0M" + b"x" * (1 << 20)
        sent = 0
        try:
            while sent < size:
                piece = body if sent == 0 else b"x" * (1 << 20)
                piece = piece[:size - sent]
                if sent + len(piece) == size: piece = piece[:-2] + b"\\0\\0"
                s.sendall(piece)
                sent += len(piece)
                open(counter, "w").write(str(sent))
            s.sendall(message(b"Z", b"I"))
            take(s)
        except OSError:
            pass
        """
}
