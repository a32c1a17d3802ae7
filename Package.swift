// swift-tools-version: 6.2
// The map of Seamark: one line per module says where it lives and what it may import. Arrows point down.
import PackageDescription

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix"].map { .product(name: $0, package: "swift-nio") }

let shared: [Target.Dependency] = [
    "SeamarkJournal", "SeamarkModel", "SeamarkCrypto", "SeamarkStore", "SeamarkProtocol", "SeamarkTLS",
]

let package = Package(
    name: "seamark",
    products: [
        .executable(name: "seamark", targets: ["SeamarkCommand"]),
        .executable(name: "seamark-server", targets: ["SeamarkServerCommand"]),
        .executable(name: "seamark-simulate", targets: ["SeamarkSimulateCommand"]),
        .executable(name: "seamark-fuzz", targets: ["SeamarkFuzzCommand"]),
        .library(name: "SeamarkLibraries", targets: ["SeamarkJournal", "SeamarkModel", "SeamarkCrypto", "SeamarkStore", "SeamarkClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        system("COpenSSL", pkgConfig: "openssl", debian: "libssl-dev"),
        system("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
        system("CSQLite", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
        system("CQREncode", pkgConfig: "libqrencode", debian: "libqrencode-dev"),
        system("CLinux"),

        module("SeamarkJournal", in: "Sources", pure: true),
        module("SeamarkModel", in: "Sources", imports: ["SeamarkJournal"], pure: true),
        module("SeamarkCrypto", in: "Sources", imports: ["SeamarkJournal", "COpenSSL", "CZlib", "CLinux"]),
        module("SeamarkTLS", in: "Sources", imports: ["COpenSSL"]),
        module("SeamarkQR", in: "Sources", imports: ["CQREncode"]),
        module("SeamarkStore", in: "Sources", imports: ["SeamarkJournal", "SeamarkModel", "SeamarkCrypto", "CSQLite", grdb, sqlite]),

        module("SeamarkWire", in: "Protocol", imports: [protobuf], generated: true),
        module("SeamarkProtocol", in: "Protocol", imports: ["SeamarkJournal", "SeamarkWire", protobuf], pure: true),

        module("SeamarkServer", in: "Server", imports: shared + nio + [log]),
        command("SeamarkServerCommand", in: "Server", imports: shared + ["SeamarkServer", "SeamarkQR", arguments, log, "CLinux"]),
        module("SeamarkClient", in: "Client", imports: shared + ["CLinux"]),
        command("SeamarkCommand", in: "Client", imports: shared + ["SeamarkClient", arguments]),

        tests("SeamarkJournalTests", of: ["SeamarkJournal", "SeamarkTestSupport"]),
        tests("SeamarkModelTests", of: ["SeamarkJournal", "SeamarkModel", "SeamarkTestSupport"], besides: ["Report/Golden"]),
        tests("SeamarkCryptoTests", of: ["SeamarkJournal", "SeamarkCrypto", "SeamarkTestSupport"]),
        tests("SeamarkTLSTests", of: ["SeamarkTLS", "COpenSSL", "SeamarkCrypto", "SeamarkJournal"]),
        tests("SeamarkQRTests", of: ["SeamarkQR"]),
        tests("SeamarkProtocolTests", of: ["SeamarkJournal", "SeamarkProtocol", "SeamarkCrypto", "SeamarkWire", protobuf, "SeamarkTestSupport"]),
        tests("SeamarkStoreTests", of: ["SeamarkJournal", "SeamarkModel", "SeamarkCrypto", "SeamarkStore", "SeamarkTestSupport", grdb, sqlite], besides: ["Databases"]),
        tests("SeamarkServerTests", of: shared + ["SeamarkServer", "SeamarkServerCommand", "SeamarkTestSupport", log, grdb, arguments] + nio),
        tests("SeamarkClientTests", of: shared + ["SeamarkClient", "SeamarkServer", "SeamarkCommand", "SeamarkTestSupport", arguments]),
        tests("BothEndsTests", of: shared + ["SeamarkClient", "SeamarkServer", "SeamarkTestSupport", grdb, log]),
        tests("EndToEndTests", of: shared + ["SeamarkClient", "SeamarkServer", "SeamarkTestSupport", "FuzzSupport"], besides: ["InterviewScreens", "VerbScreens"]),
        tests("SimulationTests", of: shared + ["SimulationSupport", "SeamarkTestSupport", sqlite], besides: ["LEDGER.md"]),
        tests("FuzzTests", of: ["FuzzSupport"], besides: ["Corpus", "LEDGER.md"]),
        module("SeamarkTestSupport", in: "Tests", imports: ["SeamarkJournal"]),
        module("SimulationSupport", in: "Tests", imports: shared + ["SeamarkClient", "SeamarkServer", "SeamarkTestSupport", sqlite]),
        command("SeamarkSimulateCommand", in: "Tests", imports: ["SimulationSupport", arguments]),
        module("FuzzSupport", in: "Tests", imports: shared + ["SeamarkClient", "SeamarkServer", "SeamarkTestSupport"]),
        command("SeamarkFuzzCommand", in: "Tests", imports: ["FuzzSupport", arguments]),
    ]
)

/// A C library of the system: a module map and one header.
func system(_ name: String, pkgConfig: String? = nil, debian: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: debian.map { [.apt([$0])] })
}

/// A module. A `pure` one may not touch memory unsafely; a `generated` one keeps its generator's habits.
func module(_ name: String, in folder: String, imports: [Target.Dependency] = [], pure: Bool = false, generated: Bool = false) -> Target {
    .target(name: name, dependencies: imports, path: "\(folder)/\(name)", swiftSettings: generated ? [] : settings(pure: pure))
}

func command(_ name: String, in folder: String, imports: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: imports, path: "\(folder)/\(name)", swiftSettings: settings())
}

/// `besides`: folders that hold samples, not code.
func tests(_ name: String, of imports: [Target.Dependency], besides samples: [String] = []) -> Target {
    .testTarget(name: name, dependencies: imports, path: "Tests/\(name)", exclude: samples, swiftSettings: settings())
}

func settings(pure: Bool = false) -> [SwiftSetting] {
    let common: [SwiftSetting] = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    return pure ? common + [.strictMemorySafety()] : common
}
