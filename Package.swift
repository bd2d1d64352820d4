// swift-tools-version: 6.2
import PackageDescription

/// Targets import downwards only; docs/architecture.md draws the house.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "pgassay",
    products: [
        .executable(name: "pgassay", targets: ["pgassay"]),
        .executable(name: "pgassay-sample", targets: ["pgassay-sample"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // System libraries: a module map and a shim each, nothing else.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLz4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CIsal", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

        // Bytes and values: no server, no child process.
        .target(name: "Findings", swiftSettings: strict),
        .target(name: "Causes", dependencies: ["Findings"], swiftSettings: strict),
        .target(name: "Compression", dependencies: ["CZstd", "CLz4", "CIsal"], swiftSettings: strict),
        .target(
            name: "Rows", dependencies: ["CXXHash", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(name: "Archive", dependencies: ["Causes", "Compression", system], swiftSettings: strict),
        .target(
            name: "Physical",
            dependencies: ["Archive", "CIsal", "Findings", system, .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Evidence",
            dependencies: [
                "Findings", system,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
            ],
            swiftSettings: strict),

        // A server and its clients.
        .target(name: "Postgres", dependencies: ["CLibPQ", "Findings"], swiftSettings: strict),
        .target(
            name: "Scratch",
            dependencies: [
                "CLinux", "Postgres", system, .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict),

        // Programs that others wrote, and what they keep.
        .target(name: "AWS", dependencies: ["Scratch", system], swiftSettings: strict),
        .target(
            name: "Fetch",
            dependencies: [
                "AWS", "Causes", "Findings", "Scratch", system, .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),

        // The steps of a drill.
        .target(
            name: "Restore",
            dependencies: [
                "AWS", "Archive", "Causes", "Compression", "Findings", "Physical", "Postgres", "Scratch", system,
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict),
        .target(
            name: "Checks",
            dependencies: ["Archive", "Causes", "Findings", "Physical", "Postgres", "Restore", "Scratch"],
            resources: [.embedInCode("SQL")], swiftSettings: strict),
        .target(
            name: "ColdTier",
            dependencies: [
                "AWS", "Compression", "Evidence", "Findings", "Postgres", "Rows", "Scratch", system,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            resources: [.embedInCode("SQL")], swiftSettings: strict),
        .target(
            name: "Drill",
            dependencies: [
                "AWS", "Archive", "Causes", "Checks", "ColdTier", "Evidence", "Fetch", "Findings", "Physical",
                "Postgres",
                "Restore", "Scratch", "Yams", system, .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "pgassay",
            dependencies: [
                "Archive", "ColdTier", "Drill", "Evidence", "Fetch", "Findings", "Postgres", "Restore", "Rows",
                "Scratch",
                system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),

        // The AVA OLO sample database, at any scale; nothing of it is in pgassay.
        .target(
            name: "Sample", dependencies: ["Postgres", "Scratch", system], resources: [.embedInCode("SQL")],
            swiftSettings: strict),
        .executableTarget(
            name: "pgassay-sample",
            dependencies: [
                "Sample", "Scratch", system, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests run against real servers; one that needs a server fails without one.
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Scratch", system], path: "Tests/TestSupport",
            exclude: ["duckdb_engine.py", "engine_answers.py", "spark_engine.py"], swiftSettings: strict),
        .testTarget(name: "AWSTests", dependencies: ["AWS"], swiftSettings: strict),
        .testTarget(name: "FindingsTests", dependencies: ["Findings"], swiftSettings: strict),
        .testTarget(
            name: "CausesTests",
            dependencies: [
                "AWS", "Archive", "Causes", "Checks", "Drill", "Evidence", "Fetch", "Findings", "Physical", "Postgres",
                "Restore", "Sample", "Scratch", "TestSupport", system,
            ], swiftSettings: strict),
        .testTarget(
            name: "CompressionTests", dependencies: ["Compression"], exclude: ["seekable_oracle.py"],
            swiftSettings: strict),
        .testTarget(name: "RowsTests", dependencies: ["Rows"], swiftSettings: strict),
        .testTarget(
            name: "ColdTierTests",
            dependencies: [
                "AWS", "ColdTier", "Compression", "Evidence", "Findings", "Postgres", "Rows", "Sample", "Scratch",
                "TestSupport",
                system,
            ], exclude: ["SQL", "broken_s3.py", "jsonl_oracle.py"], swiftSettings: strict),
        .testTarget(
            name: "ArchiveTests", dependencies: ["Archive", "Compression", "TestSupport", system], swiftSettings: strict
        ),
        .testTarget(
            name: "PhysicalTests", dependencies: ["Physical", "Postgres", "Scratch", "TestSupport", system],
            swiftSettings: strict),
        .testTarget(
            name: "EvidenceTests", dependencies: ["Evidence", "Findings", system], exclude: ["in_toto_oracle.py"],
            swiftSettings: strict),
        .testTarget(
            name: "RestoreTests",
            dependencies: ["Archive", "Findings", "Postgres", "Restore", "Scratch", "TestSupport", system],
            swiftSettings: strict),
        .testTarget(
            name: "ChecksTests",
            dependencies: [
                "Archive", "Checks", "Findings", "Physical", "Postgres", "Restore", "Scratch", "TestSupport", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: ["Evidence", "Findings", "Postgres", "Sample", "Scratch", "TestSupport", system],
            exclude: ["SQL"], swiftSettings: strict),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "Scratch", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ScratchTests",
            dependencies: [
                "Postgres", "Scratch", "TestSupport", system, .product(name: "Subprocess", package: "swift-subprocess"),
            ], swiftSettings: strict),
        .testTarget(
            name: "DrillTests", dependencies: ["Drill", "Checks", "Restore", "TestSupport", system],
            exclude: ["Plans", "plan_schema_oracle.py"], swiftSettings: strict),
    ]
)
