// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house are the folders of Sources/. docs/architecture.md draws them; a test compares that page with
// this file. Targets import downwards only: Words < Formats < Machine < Evidence < ColdTier < Drill < pgassay.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// A target in Sources/ROOM/NAME.
func target(
    _ room: String, _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(room)/\(name)", resources: resources,
        swiftSettings: strict)
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
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        library("CLinux"),
        library("CLibPQ", pkgConfig: "libpq", debian: "libpq-dev"),
        library("CZstd", pkgConfig: "libzstd", debian: "libzstd-dev"),
        library("CLz4", pkgConfig: "liblz4", debian: "liblz4-dev"),
        library("CIsal", pkgConfig: "libisal", debian: "libisal-dev"),
        library("CXXHash", pkgConfig: "libxxhash", debian: "libxxhash-dev"),

        // The words that every room uses.
        target("Words", "Findings"),
        target("Words", "Causes", ["Findings"]),

        // Bytes in, values out: no server, no child process.
        target("Formats", "Compression", ["CIsal", "CLz4", "CZstd"]),
        target("Formats", "Rows", ["CXXHash", crypto]),
        target("Formats", "Archive", ["Causes", "Compression", system]),
        target("Formats", "Physical", ["Archive", "CIsal", "Findings", crypto, system]),

        // Child processes, servers and their clients.
        target("Machine", "Postgres", ["CLibPQ", "Findings"]),
        target("Machine", "Scratch", ["CIsal", "CLinux", "Postgres", subprocess, system]),

        // What was found, signed.
        target("Evidence", "Evidence", ["Findings", asn1, crypto, system]),

        // Rows that leave the database for good.
        .target(
            name: "ColdTier",
            dependencies: [
                "AWS", "Compression", "Evidence", "Findings", "Postgres", "Rows", "Scratch", crypto, subprocess, system,
            ], resources: [.embedInCode("SQL")], swiftSettings: strict),

        // The steps of a drill.
        target("Drill", "AWS", ["Scratch", system]),
        target("Drill", "Fetch", ["AWS", "Causes", "Findings", "Scratch", crypto, system]),
        target(
            "Drill", "Restore",
            [
                "AWS", "Archive", "Causes", "Compression", "Findings", "Physical", "Postgres", "Scratch", subprocess,
                system,
            ]),
        target(
            "Drill", "Checks", ["Archive", "Causes", "Findings", "Physical", "Postgres", "Restore", "Scratch"],
            resources: [.embedInCode("SQL")]),
        target(
            "Drill", "Drill",
            [
                "AWS", "Archive", "Causes", "Checks", "ColdTier", "Evidence", "Fetch", "Findings", "Physical",
                "Postgres", "Restore", "Scratch", "Yams", crypto, system,
            ]),
        .executableTarget(
            name: "pgassay",
            dependencies: [
                "Archive", "ColdTier", "Drill", "Evidence", "Fetch", "Findings", "Postgres", "Restore", "Rows",
                "Scratch", arguments, crypto, system,
            ], swiftSettings: strict),

        // The AVA OLO sample database, at any scale; nothing of it is in pgassay.
        target("Sample", "Sample", ["Postgres", "Scratch", system], resources: [.embedInCode("SQL")]),
        .executableTarget(
            name: "pgassay-sample", dependencies: ["Sample", "Scratch", arguments, system],
            path: "Sources/Sample/pgassay-sample", swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Postgres", "Scratch", system], path: "Tests/TestSupport",
            exclude: ["duckdb_engine.py", "engine_answers.py", "recount_calls.py", "spark_engine.py"],
            swiftSettings: strict),
        tests("AWS", ["AWS"]),
        tests("Findings", ["Findings"]),
        tests(
            "Causes",
            [
                "AWS", "Archive", "Causes", "Checks", "Drill", "Evidence", "Fetch", "Findings", "Physical", "Postgres",
                "Restore", "Sample", "Scratch", "TestSupport", system,
            ]),
        tests("Compression", ["Compression"], exclude: ["seekable_oracle.py"]),
        tests("Rows", ["Rows"]),
        tests(
            "ColdTier",
            [
                "AWS", "ColdTier", "Compression", "Evidence", "Findings", "Postgres", "Rows", "Sample", "Scratch",
                "TestSupport", system,
            ], exclude: ["SQL", "broken_s3.py", "jsonl_oracle.py"]),
        tests("Archive", ["Archive", "Compression", "TestSupport", system]),
        tests("Physical", ["Physical", "Postgres", "Scratch", "TestSupport", system]),
        tests("Evidence", ["Evidence", "Findings", system], exclude: ["in_toto_oracle.py"]),
        tests("Restore", ["Archive", "Findings", "Postgres", "Restore", "Scratch", "TestSupport", system]),
        tests(
            "Checks",
            ["Archive", "Checks", "Findings", "Physical", "Postgres", "Restore", "Scratch", "TestSupport", system]),
        tests(
            "Command", ["Evidence", "Findings", "Postgres", "Sample", "Scratch", "TestSupport", system],
            exclude: ["SQL", "make_cloud.py"]),
        tests("Postgres", ["Postgres", "Scratch", "TestSupport"]),
        tests("Scratch", ["Postgres", "Scratch", "TestSupport", subprocess, system]),
        tests(
            "Drill", ["Checks", "Drill", "Restore", "TestSupport", system], exclude: ["Plans", "plan_schema_oracle.py"]),
    ]
)
