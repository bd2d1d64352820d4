// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house are the folders of Sources/. docs/architecture.md draws them; a test compares that page with
// this file. Targets import downwards only: Words < Formats < Machine < Evidence < ColdTier < Drill < pgassay.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// Debug builds are optimised too: code that looks at each byte is twenty times slower without, under sanitizers and for a debugger.
let fast: [SwiftSetting] = [
    .unsafeFlags(["-O"], .when(configuration: .debug)),
    // Code that looks at each byte spends a tenth of its time on finding out whether memory is used exclusively. `make sanitize`
    // builds with that, as with all else that finds wrong uses of memory.
    .unsafeFlags(["-enforce-exclusivity=unchecked"]),
]

/// Swift's libraries are linked in: pgassay runs where there are none, and each drill starts it again for its children, which takes
/// two thirds of the time. The linker of Debian needs libraries in an order; lld does not. Swift's own options export all 43,000
/// symbols; nobody loads pgassay as a library, and without them it starts an eighth faster.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags([
        "-static-stdlib", "-use-ld=lld", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
        "-l_FoundationCollections", "-lstdc++", "-Xlinker", "--no-export-dynamic",
    ])
]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// A target in Sources/ROOM/NAME.
func target(
    _ room: String, _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(room)/\(name)", resources: resources,
        swiftSettings: strict + fast)
}

/// A C library of the system: a module map and a shim in Sources/Libraries/NAME.
func library(_ name: String, pkgConfig: String? = nil, debian: String? = nil) -> Target {
    .systemLibrary(
        name: name, path: "Sources/Libraries/\(name)", pkgConfig: pkgConfig,
        providers: debian.map { [.apt([$0])] } ?? [])
}

/// The tests of a target, in Tests/NAMETests. They run against real servers: one that needs a server fails without one.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "pgassay",
    products: [
        .executable(name: "pgassay", targets: ["pgassay"]),
        .executable(name: "pgassay-sample", targets: ["pgassay-sample"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        library("CLinux"),
        library("CIntrinsics"),
        .target(name: "CLibPQ", path: "Sources/Libraries/CLibPQ"),
        library("CZstd", pkgConfig: "libzstd", debian: "libzstd-dev"),
        library("CLz4", pkgConfig: "liblz4", debian: "liblz4-dev"),
        library("CBzip2", debian: "libbz2-dev"),
        library("CLzma", pkgConfig: "liblzma", debian: "liblzma-dev"),
        library("CIsal", pkgConfig: "libisal", debian: "libisal-dev"),
        library("CXXHash", pkgConfig: "libxxhash", debian: "libxxhash-dev"),

        // The words that every room uses.
        target("Words", "Findings"),
        target("Words", "PlanKeys"),
        target("Words", "Causes", ["Findings", "PlanKeys", logging]),

        // Bytes in, values out: no server, no child process.
        target("Formats", "Bytes", ["CIntrinsics"]),
        target("Formats", "Files", ["CLinux", "Findings", system]),
        target("Formats", "Digests", ["CIntrinsics", "Files", crypto, system]),
        target("Formats", "Compression", ["CBzip2", "CIsal", "CLz4", "CLzma", "CZstd"]),
        target("Formats", "Rows", ["Bytes", "CXXHash", crypto]),
        target("Formats", "Values", ["Bytes", "CXXHash", "Rows"]),
        target(
            "Formats", "Archive", ["Bytes", "Causes", "Compression", "Files", "Findings", "Rows", "Values", system]),
        target("Formats", "Parquet", ["CIsal", "CXXHash", "Compression", "Rows"]),
        target(
            "Formats", "Physical",
            ["Archive", "Bytes", "CIntrinsics", "CIsal", "Digests", "Files", "Findings", crypto, system]),

        // Child processes, servers and their clients.
        target("Machine", "Postgres", ["CLibPQ", "CLinux", "Findings", logging]),
        target("Machine", "Processes", [logging, subprocess, system]),
        target("Machine", "Launcher", ["CLinux", system]),
        target(
            "Machine", "Scratch",
            [
                "CIsal", "CLinux", "Files", "Findings", "Launcher", "PlanKeys", "Postgres", "Processes", crypto,
                logging,
                subprocess, system,
            ]),
        target("Machine", "AWS", ["Bytes", "Processes"]),
        target("Machine", "Storage", ["AWS", "Files", crypto, system]),
        target(
            "Machine", "SourceSnapshot", ["Files", "Findings", "Postgres", "Rows"], resources: [.embedInCode("SQL")]),

        // What was found, signed.
        target("Evidence", "Evidence", ["Bytes", "Files", "Findings", asn1, crypto, system]),
        target("Evidence", "Signing", ["Evidence", "Processes", system]),
        target("Evidence", "Report", ["Evidence", "Files", "Findings", crypto, system]),
        target(
            "Evidence", "Pages", ["Evidence", "Findings", "Report", mustache],
            resources: [.embedInCode("Templates")]),
        target(
            "Evidence", "Ledger",
            ["Evidence", "Files", "Findings", "Processes", "Report", "Storage", crypto, system]),
        target(
            "Evidence", "Pack",
            [
                "Compression", "Evidence", "Files", "Findings", "Ledger", "Pages", "Report", "Storage", crypto, system,
            ], resources: [.embedInCode("VERIFY.md")]),
        target("Evidence", "Notify", ["Evidence", "Files", "Findings", "Pages", "Processes", "Report", system]),
        target("Evidence", "Status", ["Evidence", "Findings", "Ledger", "Pages", "Report"]),
        target(
            "Evidence", "Site",
            ["CLinux", "Evidence", "Files", "Findings", "Ledger", "Pages", "Report", "Status", crypto, system]),
        target("Evidence", "Manifest", ["Evidence", "Files", "Findings", "Postgres", "Rows", system]),

        // Rows that leave the database for good.
        .target(
            name: "ColdTier",
            dependencies: [
                "AWS", "Bytes", "Compression", "Evidence", "Files", "Findings", "Parquet", "Postgres", "Rows",
                "Scratch",
                "SourceSnapshot", "Storage", crypto, subprocess, system,
            ], resources: [.embedInCode("SQL")], swiftSettings: strict + fast),

        // The steps of a drill.
        target(
            "Drill", "Capture",
            [
                "Archive", "Backup", "Evidence", "Files", "Findings", "Manifest", "Postgres", "Processes", "Rows",
                "Scratch",
                "SourceSnapshot", crypto, system,
            ], resources: [.embedInCode("SQL")]),
        target(
            "Drill", "Fetch",
            ["AWS", "Bytes", "Causes", "Files", "Findings", "PlanKeys", "Processes", "Scratch", crypto, system]),
        target(
            "Drill", "Backup",
            [
                "Archive", "Causes", "Compression", "Digests", "Files", "Findings", "Physical", "PlanKeys", "Values",
                crypto, system,
            ]),
        target(
            "Drill", "Restore",
            [
                "Archive", "Backup", "Causes", "Compression", "Digests", "Files", "Findings", "Launcher", "Physical",
                "PlanKeys", "Postgres", "Processes", "Scratch", subprocess, system,
            ],
            resources: [.embedInCode("running-statements.sql")]),
        target(
            "Drill", "Snapshots",
            [
                "AWS", "Backup", "Bytes", "Causes", "Findings", "PlanKeys", "Postgres", "Processes", "Restore",
                "Scratch",
                system,
            ]),
        target("Drill", "PlanFile", ["Findings", "Postgres", "Yams", system]),
        target(
            "Drill", "Checks",
            [
                "Archive", "Backup", "Bytes", "Causes", "Files", "Findings", "Manifest", "Physical", "PlanFile",
                "PlanKeys",
                "Postgres", "Restore", "Rows", "Scratch", crypto, system,
            ],
            resources: [
                .embedInCode("Constraints/check-constraints.sql"),
                .embedInCode("Constraints/constraints.sql"),
                .embedInCode("Content/column-types.sql"),
                .embedInCode("Content/unstable-columns.sql"),
                .embedInCode("Definitions/definitions.sql"),
                .embedInCode("Extensions/extensions.sql"),
                .embedInCode("Files/files.sql"),
                .embedInCode("ForeignKeys/foreign-keys.sql"),
                .embedInCode("Indexes/indexes.sql"),
                .embedInCode("Indexes/system-tables.sql"),
                .embedInCode("LargeObjects/large-objects.sql"),
                .embedInCode("Partitions/partitions.sql"),
                .embedInCode("PreparedTransactions/prepared-transactions.sql"),
                .embedInCode("PrimaryKeys/primary-keys.sql"),
                .embedInCode("Restore/restore.sql"),
                .embedInCode("Run/catalogue.sql"),
                .embedInCode("Run/columns.sql"),
                .embedInCode("Security/security.sql"),
                .embedInCode("Sequences/sequences.sql"),
                .embedInCode("Shared/collations.sql"),
                .embedInCode("Upkeep/upkeep.sql"),
                .embedInCode("VisibilityMap/visibility-map.sql"),
            ]),
        target(
            "Drill", "Drill",
            [
                "Archive", "AWS", "Backup", "Causes", "Checks", "ColdTier", "Digests", "Evidence", "Fetch", "Files",
                "Findings", "Ledger", "Manifest", "Notify", "Physical", "PlanFile", "PlanKeys", "Postgres", "Processes",
                "Report", "Restore", "Scratch",
                "Snapshots", "Storage",
                crypto, system,
            ]),
        target("Drill", "FirstPlan", ["Findings", "Postgres"], resources: [.embedInCode("SQL")]),
        target(
            "Drill", "Fleet",
            ["Drill", "Evidence", "Files", "Findings", "PlanFile", "Processes", "Report", system],
            resources: [.embedInCode("Templates")]),
        target(
            "Drill", "Demo",
            ["Archive", "Drill", "Files", "Findings", "Postgres", "Processes", "Report", "Scratch", system],
            resources: [.embedInCode("SQL")]),
        .executableTarget(
            name: "pgassay",
            dependencies: [
                "Archive", "Backup", "Capture", "ColdTier", "Demo", "Drill", "Evidence", "Fetch", "Findings",
                "FirstPlan",
                "Fleet",
                "Launcher",
                "Ledger", "Manifest", "Notify", "Pack", "Pages", "PlanFile", "PlanKeys", "Postgres",
                "Processes", "Report", "Restore", "Rows", "Scratch", "Signing", "Site", "Snapshots", "Status",
                "Storage",
                arguments,
                crypto, logging,
                system,
            ], swiftSettings: strict,
            linkerSettings: staticRuntime),

        // The AVA OLO sample database, at any scale; nothing of it is in pgassay.
        target("Sample", "Sample", ["Postgres", "Processes", "Scratch", system], resources: [.embedInCode("SQL")]),
        .executableTarget(
            name: "pgassay-sample", dependencies: ["Launcher", "Processes", "Sample", "Scratch", arguments, system],
            path: "Sources/Sample/pgassay-sample", swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Findings", "Postgres", "Processes", "Scratch", system],
            path: "Tests/TestSupport",
            exclude: [
                "Aircompressor.java", "aircompressor.py", "aws_runner.py", "Engines", "recount_calls.py",
            ],
            swiftSettings: strict + fast),
        // What the scanner of plain dumps finds, gathered to be compared.
        .target(
            name: "ScannedScripts", dependencies: ["Archive"], path: "Tests/ScannedScripts",
            swiftSettings: strict + fast),
        // Every decoder of bytes from outside, for `make fuzz`; a test runs each once.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Archive", "ColdTier", "Compression", "Evidence", "Files", "Findings", "Parquet", "Physical", "Report",
                "Rows", "ScannedScripts", crypto, system,
            ], path: "Tests/FuzzTargets", swiftSettings: strict + fast),
        tests("Fuzz", ["FuzzTargets"]),
        .executableTarget(
            name: "flipped-bytes", dependencies: ["Archive", "Files", system], path: "Tests/FlippedBytes",
            swiftSettings: strict + fast),
        tests("House", ["TestSupport", system]),
        tests("AWS", ["AWS"]),
        tests("Snapshots", ["Snapshots"]),
        tests("Findings", ["Findings"]),
        tests("Demo", ["Demo", "Files", "Findings", "Report", "Scratch", "TestSupport", system]),
        tests(
            "Notify", ["Findings", "Notify", "Processes", "Report", "TestSupport", system], exclude: ["listener.py"]),
        tests("Status", ["Evidence", "Findings", "Ledger", "Report", "Status"]),
        tests(
            "Causes",
            [
                "Archive", "AWS", "Backup", "Causes", "Checks", "Drill", "Fetch", "Files", "Findings", "Physical",
                "Postgres", "Processes", "Report", "Restore", "Sample", "Scratch", "Snapshots", "TestSupport", system,
            ]),
        tests("Compression", ["Compression", "TestSupport"], exclude: ["seekable_oracle.py"]),
        tests("Bytes", ["Bytes", "TestSupport"]),
        tests("Rows", ["Rows"]),
        tests("Parquet", ["Compression", "Parquet", "TestSupport"]),
        tests("Values", ["Bytes", "Postgres", "Rows", "Scratch", "TestSupport", "Values"]),
        tests(
            "ColdTier",
            [
                "AWS", "ColdTier", "Compression", "Evidence", "Files", "Findings", "Parquet", "Postgres", "Processes",
                "Rows", "Sample", "Scratch", "Storage", "TestSupport", crypto, system,
            ], exclude: ["SQL", "broken_s3.py", "jsonl_oracle.py"]),
        tests("Digests", ["Digests", "Files", "TestSupport", crypto, system]),
        tests("Backup", ["Archive", "Backup", "Files", "TestSupport", system]),
        tests("Archive", ["Archive", "Compression", "Files", "ScannedScripts", "TestSupport", "Values", system]),
        tests("Physical", ["Digests", "Files", "Physical", "Postgres", "Scratch", "TestSupport", system]),
        tests(
            "Evidence",
            ["Evidence", "Files", "Findings", "Manifest", "Pages", "Report", "Rows", "Signing", "TestSupport", system],
            exclude: ["in_toto_oracle.py"]),
        tests(
            "Pages",
            [
                "Evidence", "Files", "Findings", "Ledger", "Pages", "Processes", "Report", "Site", "Storage",
                "TestSupport", system,
            ],
            exclude: ["Support/measure.js", "page_oracle.py"]),
        tests(
            "Ledger",
            [
                "AWS", "Evidence", "Files", "Findings", "Ledger", "Processes", "Report", "Storage", "TestSupport",
                system,
            ], exclude: ["tree_oracle.py", "Verifier"]),
        tests(
            "Pack",
            [
                "Compression", "Evidence", "Files", "Findings", "Ledger", "Pack", "Report", "Storage", "TestSupport",
                system,
            ]),
        tests("Restore", ["Archive", "Backup", "Findings", "Postgres", "Restore", "Scratch", "TestSupport", system]),
        tests(
            "Checks",
            [
                "Archive", "Backup", "Checks", "Findings", "Manifest", "Physical", "PlanFile", "Postgres", "Processes",
                "Restore", "Rows", "Scratch", "TestSupport", system,
            ]),
        tests(
            "Command",
            [
                "Archive", "Checks", "Evidence", "Files", "Findings", "Manifest", "Postgres", "Processes", "Report",
                "Sample", "Scratch", "TestSupport", "Values", system,
            ],
            exclude: [
                "SQL", "Scenarios", "make_cloud.py", "refusing.py", "restore_jobs.py", "validate_kubernetes.py",
            ]),
        tests("Postgres", ["Postgres", "Scratch", "TestSupport", system]),
        tests("Scratch", ["Files", "Launcher", "Postgres", "Processes", "Scratch", "TestSupport", subprocess, system]),
        tests(
            "Drill",
            [
                "Checks", "Drill", "Evidence", "Files", "Findings", "Ledger", "PlanFile", "PlanKeys", "Postgres",
                "Report", "Restore", "Scratch", "Snapshots", "Storage", "TestSupport", system,
            ],
            exclude: ["Plans", "plan_schema_oracle.py"]),
    ]
)

// MARK: Builds of a part, by variables of the environment

// `make fuzz`: one more program, which needs a runtime that only it is linked with.
if Context.environment["PGASSAY_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Fuzz/Driver"),
        .executableTarget(
            name: "pgassay-fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Fuzz/Program",
            swiftSettings: strict),
    ]
    package.products.append(.executable(name: "pgassay-fuzz", targets: ["pgassay-fuzz"]))
}

// `make sanitize`, and `make coverage` of some targets: only these tests and what they depend on, such as "Rows Archive".
if let wanted = Context.environment["PGASSAY_TESTS"], !wanted.isEmpty {
    var needed = Set(wanted.split(separator: " ").map { "\($0)Tests" })
    // They start it.
    if needed.contains("ArchiveTests") { needed.insert("flipped-bytes") }
    var isComplete = false
    while !isComplete {
        let found = package.targets.filter { needed.contains($0.name) }.flatMap(\.dependencies).compactMap {
            dependency -> String? in
            switch dependency {
            case .byNameItem(let name, _), .targetItem(let name, _): name
            default: nil
            }
        }
        isComplete = needed.isSuperset(of: found)
        needed.formUnion(found)
    }
    package.targets.removeAll { !needed.contains($0.name) }
    package.products.removeAll { _ in true }
}
