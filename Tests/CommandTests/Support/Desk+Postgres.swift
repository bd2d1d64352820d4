import Foundation
import Scratch
import SystemPackage
import TestSupport

extension Desk {
    /// Holds pgassay to the PostgreSQL in one directory, whose `initdb` is to be run.
    func only(_ directory: FilePath) -> [String: String] {
        ["PGASSAY_POSTGRES": directory.string, "PGASSAY_POSTGRES_ONLY": "1", "PGASSAY_CACHE": ""]
    }

    /// A PostgreSQL in which one program is a script.
    /// - Parameters:
    ///   - script: for sh; `$real` is the program that it stands for, and its version is told without the script.
    /// - Returns: its directory.
    func postgres(replacing name: String, by script: String, major: Int? = nil) async throws -> FilePath {
        let installation = try await TestServer.installation(major: major)
        let directory = root.appending("bin")
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: false)
        for program in try FileManager.default.contentsOfDirectory(atPath: installation.directory.string) {
            let real = installation.program(program)
            let rest = program == name ? script : #"exec "$real" "$@""#
            let file = try file(
                "bin/\(program)",
                """
                #!/bin/sh
                real='\(real)'
                test "$1" = --version && exec "$real" "$@"
                \(rest)

                """)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.string)
        }
        return directory
    }
}
