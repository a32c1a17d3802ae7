// swift-tools-version: 6.2
// Measures the shipped server and the shipped client beside a floor in the same run. A package of its own, so that the product
// does not carry it.
import PackageDescription

let package = Package(
    name: "seamark-benchmarks",
    dependencies: [.package(name: "seamark", path: "..")],
    targets: [
        .executableTarget(
            name: "SeamarkBenchmark",
            dependencies: [.product(name: "SeamarkLibraries", package: "seamark")],
            path: "Sources/SeamarkBenchmark")
    ]
)
