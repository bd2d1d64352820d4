import Foundation
import SystemPackage
import TestSupport

/// A time stamp authority of `openssl ts`, without a network.
struct TimestampAuthority: Sendable {
    let directory: FilePath

    var certificate: FilePath { directory.appending("cert.pem") }
    /// Takes a request, and writes its response.
    var command: [String] {
        [
            "openssl", "ts", "-reply", "-config", directory.appending("tsa.cnf").string, "-queryfile", "/dev/stdin",
            "-out",
            "/dev/stdout",
        ]
    }

    init(in parent: FilePath, _ name: String) async throws {
        directory = parent.appending(name)
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        let configuration = """
            [tsa]
            default_tsa = own
            [own]
            serial = \(directory)/serial
            crypto_device = builtin
            signer_cert = \(directory)/cert.pem
            signer_key = \(directory)/key.pem
            signer_digest = sha256
            default_policy = 1.2.3.4.1
            digests = sha256
            ess_cert_id_alg = sha256

            """
        for (name, text) in [("tsa.cnf", configuration), ("serial", "01\n")] {
            try Data(text.utf8).write(to: URL(filePath: directory.appending(name).string))
        }
        let outcome = try await Program("/usr/bin/openssl").run(
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", directory.appending("key.pem").string,
                "-out",
                certificate.string, "-days", "2", "-subj", "/CN=tsa", "-addext",
                "extendedKeyUsage=critical,timeStamping",
            ], in: directory, environment: ["PATH": "/usr/bin:/bin"])
        guard outcome.exitCode == 0 else { throw ToolFailed(description: outcome.errors) }
    }
}
