import Foundation
import Testing

/// The programs of one major version of PostgreSQL on this machine.
struct Installation: Hashable, Sendable, CustomTestStringConvertible {
    let binaries: String
    /// 0 where none was found: whatever needs it fails.
    let major: Int

    var testDescription: String { "PostgreSQL \(major)" }

    /// One for each major version in Debian's layout and in the directories that PGASSAY_POSTGRES names, oldest first.
    /// Where there is none, one that fails whatever uses it: a test without a server must not pass.
    static let all: [Installation] = {
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let named = ProcessInfo.processInfo.environment["PGASSAY_POSTGRES"] ?? ""
        let directories = versions.map { "\(debian)/\($0)/bin" } + named.split(separator: ":").map(String.init)
        var found: [Int: Installation] = [:]
        for directory in directories {
            guard let installation = Installation(directory), found[installation.major] == nil else { continue }
            found[installation.major] = installation
        }
        let sorted = found.values.sorted { $0.major < $1.major }
        return sorted.isEmpty ? [Installation(binaries: "/nowhere", major: 0)] : sorted
    }()

    private init(binaries: String, major: Int) {
        self.binaries = binaries
        self.major = major
    }

    private init?(_ directory: String) {
        guard let version = try? ArchiveTests.run("\(directory)/pg_dump", ["--version"]).text,
            let number = version.split(separator: " ").dropFirst(2).first,
            let major = Int(number.prefix { $0.isNumber })
        else { return nil }
        self.init(binaries: directory, major: major)
    }

    /// Runs one of its programs and fails the test if the program fails.
    @discardableResult
    func run(
        _ program: String, _ arguments: [String], input: [UInt8] = [], mayFail: Bool = false
    ) throws
        -> ProcessResult
    {
        try #require(major > 0, "this test needs PostgreSQL: install it, or name its bin directory in PGASSAY_POSTGRES")
        let environment = ["PGHOST": try TestServer.shared().directory, "PGUSER": "postgres", "LC_ALL": "C"]
        let result = try ArchiveTests.run("\(binaries)/\(program)", arguments, environment: environment, input: input)
        try #require(mayFail || result.status == 0, "\(program) \(arguments) failed: \(result.errors)")
        return result
    }

    /// The compressions that its pg_dump was built with.
    var compressions: [String] {
        guard major >= 16, let options = try? ArchiveTests.run("\(binaries)/pg_config", ["--configure"]).text else {
            return ["none", "gzip"]
        }
        return ["none", "gzip"] + ["lz4", "zstd"].filter { options.contains("--with-\($0)") }
    }
}
