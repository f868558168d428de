// swift-tools-version: 6.3
import PackageDescription

/// Every upcoming feature of Swift 6.3 that language mode 6 does not already imply, and no warnings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]

/// For every target that does not talk to a C library: an unsafe expression is an error.
let safe = settings + [.strictMemorySafety()]

let package = Package(
    name: "recollect",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "recollect", targets: ["recollect"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.10.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The executable: arguments, configuration, wiring.
        .executableTarget(
            name: "recollect",
            dependencies: [
                "RecollectHTTP", "RecollectDomain", "RecollectEngine", "RecollectSQLite", "RecollectPostgres",
                "RecollectSQL", "RecollectVocabulary", "RecollectEmbedding", "RecollectMiniLM",
                "RecollectRemoteEmbedding",
                "RecollectEvaluation", "RecollectTransfer", "RecollectMetrics",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Resources/openapi.yaml")],
            swiftSettings: safe
        ),

        // The four rooms, in the order a request passes them.
        .target(
            name: "RecollectHTTP",
            dependencies: [
                "RecollectDomain", "RecollectVocabulary", "RecollectCompression",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            swiftSettings: safe
        ),
        .target(
            name: "RecollectDomain",
            dependencies: [
                "RecollectSQL", "RecollectEngine", "RecollectVocabulary", "RecollectRanking", "RecollectEmbedding",
                "RecollectPatterns", "RecollectCSV",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: safe
        ),
        .target(name: "RecollectSQL", dependencies: ["RecollectEngine", "RecollectVocabulary"], swiftSettings: safe),
        .target(name: "RecollectEngine", swiftSettings: safe),

        // The two drivers of the engine room.
        .target(
            name: "RecollectSQLite",
            dependencies: [
                "RecollectEngine", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .target(name: "RecollectPostgres", dependencies: ["RecollectEngine", "CLibPQ"], swiftSettings: settings),

        // The nouns every room shares, and the libraries beside the rooms.
        .target(name: "RecollectVocabulary", swiftSettings: safe),
        .target(
            name: "RecollectRanking",
            dependencies: ["CStemmer", "CVectorScan"],
            exclude: ["DESIGN.md"],
            swiftSettings: settings
        ),
        .target(name: "CVectorScan"),
        .target(name: "RecollectEmbedding", swiftSettings: safe),
        .target(
            name: "RecollectRemoteEmbedding",
            dependencies: [
                "RecollectEmbedding",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: safe
        ),
        .target(
            name: "RecollectEvaluation",
            dependencies: [
                "RecollectDomain", "RecollectVocabulary", "RecollectEmbedding",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: safe
        ),
        .target(
            name: "RecollectTransfer",
            dependencies: [
                "RecollectSQL", "RecollectEngine", "RecollectVocabulary",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: safe
        ),
        .target(name: "RecollectPatterns", dependencies: ["CRE2"], swiftSettings: settings),
        .target(name: "RecollectCompression", dependencies: ["CZlib", "CBrotli"], swiftSettings: settings),
        .target(name: "RecollectCSV", swiftSettings: safe),
        .target(
            name: "RecollectMetrics",
            dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: safe
        ),

        // The embedding model that runs in this process.
        .target(
            name: "RecollectMiniLM",
            dependencies: [
                "RecollectEmbedding", "CDNNL", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["DESIGN.md"],
            resources: [.embedInCode("Divisors/divisors.bin")],
            swiftSettings: settings
        ),

        // C libraries of the system.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CBrotli",
            pkgConfig: "libbrotlienc libbrotlidec",
            providers: [.apt(["libbrotli-dev"])]
        ),
        .target(name: "CRE2", cxxSettings: [], linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CDNNL", linkerSettings: [.linkedLibrary("dnnl")]),

        // Tests.
        .target(
            name: "RecollectTestSupport",
            dependencies: [
                "RecollectHTTP", "RecollectDomain", "RecollectSQL", "RecollectEngine", "RecollectSQLite",
                "RecollectPostgres", "RecollectVocabulary", "RecollectEmbedding",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            path: "Tests/Support",
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectHTTPTests",
            dependencies: [
                "RecollectTestSupport", "RecollectHTTP", "RecollectDomain", "RecollectVocabulary",
                "RecollectCompression", "RecollectMetrics",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectDomainTests",
            dependencies: [
                "RecollectTestSupport", "RecollectDomain", "RecollectVocabulary", "RecollectEngine",
                "RecollectEmbedding", "RecollectMetrics", "RecollectSQL",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectSQLTests",
            dependencies: ["RecollectTestSupport", "RecollectSQL", "RecollectEngine", "RecollectVocabulary"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectEngineTests",
            dependencies: ["RecollectTestSupport", "RecollectEngine", "RecollectSQLite", "RecollectPostgres"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectTransferTests",
            dependencies: [
                "RecollectTestSupport", "RecollectTransfer", "RecollectSQL", "RecollectEngine", "RecollectVocabulary",
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "RecollectRankingTests", dependencies: ["RecollectRanking"], swiftSettings: settings),
        .testTarget(
            name: "RecollectRemoteEmbeddingTests",
            dependencies: [
                "RecollectTestSupport", "RecollectRemoteEmbedding", "RecollectEmbedding", "RecollectDomain",
                "RecollectVocabulary",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "RecollectPatternsTests", dependencies: ["RecollectPatterns"], swiftSettings: settings),
        .testTarget(name: "RecollectEmbeddingTests", dependencies: ["RecollectEmbedding"], swiftSettings: settings),
        .testTarget(
            name: "RecollectMiniLMTests",
            dependencies: [
                "RecollectMiniLM", "RecollectEmbedding", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: [
                "Reference/forward.py", "Reference/make.py", "Reference/make_divisors.py", "Reference/README.md",
            ],
            resources: [
                .embedInCode("Reference/texts.json"), .embedInCode("Reference/vectors.bin"),
                .embedInCode("Reference/scalars.sha256"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectMetricsTests",
            dependencies: [
                "RecollectTestSupport", "RecollectMetrics", .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectCommandTests",
            dependencies: [
                "recollect", "RecollectTestSupport", "RecollectDomain", "RecollectSQL", "RecollectEngine",
                "RecollectSQLite", "RecollectPostgres", "RecollectVocabulary", "RecollectMetrics",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "RecollectCSVTests", dependencies: ["RecollectCSV"], swiftSettings: settings),
        .testTarget(
            name: "RecollectCompressionTests",
            dependencies: ["RecollectCompression"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RecollectEvaluationTests",
            dependencies: [
                "RecollectTestSupport", "RecollectEvaluation", "RecollectDomain", "RecollectVocabulary",
                "RecollectEmbedding",
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "RecollectVocabularyTests", dependencies: ["RecollectVocabulary"], swiftSettings: settings),
        .testTarget(name: "TidyTests", dependencies: [], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// The micro-benchmarks bring a package and a plugin along, which nobody needs who does not run them.
if Context.environment["RECOLLECT_BENCHMARKS"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])
    )
    package.targets.append(
        .executableTarget(
            name: "Micro",
            dependencies: [
                "RecollectRanking", "RecollectEmbedding", "RecollectMiniLM",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Micro",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    )
}
