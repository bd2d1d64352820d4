import Foundation
import Signing
import SystemPackage
import Testing

@testable import Evidence
@testable import Report

/// A program that keeps the key signs as a key in a file does; whatever else it answers is no signature.
@Suite struct CommandSignerTests {
    private static let python =
        ProcessInfo.processInfo.environment["PGASSAY_PYTHON"]
        ?? packageRoot.appending(".venv/bin/python").string

    private static func script(_ text: String, in directory: FilePath) throws -> FilePath {
        let file = directory.appending("sign")
        try file.write("#!/bin/sh\n\(text)\n", mode: 0o755)
        return file
    }

    /// Signs a report with it, and has openssl's own program verify it.
    private static func signs(_ signer: CommandSigner, in directory: FilePath) async throws {
        let statement = Statement(report: .sample(), configuration: [samplePlan])
        let bytes = try await statement.sealed(signer: signer)
        #expect(try Statement(opening: bytes, name: "r", publicKey: signer.publicKey) == statement)
        let signature = try await signer.sign(Array("a text".utf8))
        try directory.appending("text").write("a text")
        try directory.appending("signature").write(signature)
        try directory.appending("public.pem").write(signer.publicKey.pem)
        let verified = try Tool.openssl.run(
            "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "text", "-sigfile", "signature",
            in: directory)
        #expect(verified.output.contains("Signature Verified Successfully"), "\(verified.errors)")
    }

    @Test func aKeyThatOpensslHolds() async throws {
        try await withScratchDirectory { directory in
            let made = try Tool.openssl.run("genpkey", "-algorithm", "ed25519", "-out", "key.pem", in: directory)
            #expect(made.status == 0)
            _ = try Tool.openssl.run("pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem", in: directory)
            let script = try Self.script(
                "cat > \"$1.bytes\"; openssl pkeyutl -sign -inkey \"$1/key.pem\" -rawin -in \"$1.bytes\"; rm \"$1.bytes\"",
                in: directory)
            try await Self.signs(
                CommandSigner(
                    [script.string, directory.string],
                    publicKey: try PublicKey(contentsOf: directory.appending("pub.pem")), deadline: .seconds(600)),
                in: directory)
        }
    }

    /// The agent signs the bytes as they are; `ssh-keygen -Y sign` would sign a text of its own around them.
    @Test func aKeyThatAnSSHAgentHolds() async throws {
        try await withScratchDirectory { directory in
            let made = try Tool(arguments: ["ssh-keygen"]).run(
                "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "id", in: directory)
            #expect(made.status == 0, "\(made.errors)")
            try directory.appending("agent.py").write(Self.agentScript)
            let pem = try Tool(arguments: [Self.python]).run("agent.py", "pem", "id.pub", in: directory).output
            // The agent listens as long as this test needs it.
            let script = try Self.script(
                """
                cd "$1" || exit 1
                # A socket's name is short.
                place=$(mktemp -d /tmp/agent-XXXXXX)
                trap 'rm -rf "$place"' EXIT
                ssh-agent -a "$place/s" sh -c 'ssh-add -q id 2>/dev/null && exec "$0" agent.py sign id.pub' \(Self.python)
                """, in: directory)
            try await Self.signs(
                CommandSigner(
                    [script.string, directory.string], publicKey: try PublicKey(pem: pem), deadline: .seconds(600)),
                in: directory)
        }
    }

    /// Asks an agent to sign: draft-miller-ssh-agent, SSH_AGENTC_SIGN_REQUEST.
    private static let agentScript = """
        import base64, os, socket, struct, sys
        def text(data): return struct.pack(">I", len(data)) + data
        def parts(data):
            while data:
                n = struct.unpack(">I", data[:4])[0]
                yield data[4:4 + n]
                data = data[4 + n:]
        blob = base64.b64decode(open(sys.argv[2]).read().split()[1])
        if sys.argv[1] == "pem":
            der = bytes.fromhex("302a300506032b6570032100") + list(parts(blob))[1]
            print("-----BEGIN PUBLIC KEY-----\\n" + base64.b64encode(der).decode() + "\\n-----END PUBLIC KEY-----")
        else:
            s = socket.socket(socket.AF_UNIX)
            s.connect(os.environ["SSH_AUTH_SOCK"])
            s.sendall(text(b"\\x0d" + text(blob) + text(sys.stdin.buffer.read()) + struct.pack(">I", 0)))
            size = struct.unpack(">I", s.recv(4))[0]
            answer = b""
            while len(answer) < size: answer += s.recv(size - len(answer))
            assert answer[0] == 14
            signature = list(parts(list(parts(answer[1:]))[0]))[1]
            print(base64.b64encode(signature).decode())

        """

    @Test(
        "What is no signature is refused, and says why",
        arguments: [
            ("exit 3", "failed"), ("exit 0", "0 bytes that are no signature"), ("echo hello", "no signature"),
            ("head -c 64 /dev/zero", "signed with another key"), ("head -c 100000 /dev/zero", "gave more than 4 KiB"),
            ("cat > /dev/null; sleep 600", "was stopped after 1 s"),
        ])
    func noSignature(_ body: String, _ words: String) async throws {
        try await withScratchDirectory { directory in
            let signer = CommandSigner(
                [try Self.script(body, in: directory).string], publicKey: SigningKey.generate().publicKey,
                deadline: .seconds(body.contains("sleep") ? 1 : 3600))
            let error = await #expect(throws: CommandSignerError.self) { try await signer.sign([1, 2, 3]) }
            #expect("\(try #require(error))".contains(words), "\(String(describing: error))")
            // A report that is not signed is not written.
            await #expect(throws: ReportStoreError.self) {
                try await ReportStore.write(
                    Statement(report: .sample(), configuration: [samplePlan]).encoded(), signer: signer, name: "r",
                    to: directory)
            }
            #expect(try directory.names() == ["sign"])
        }
    }

    @Test func noProgram() async throws {
        let signer = CommandSigner(["/nowhere/sign"], publicKey: SigningKey.generate().publicKey)
        await #expect(throws: CommandSignerError.noProgram("/nowhere/sign")) { try await signer.sign([1]) }
    }
}
