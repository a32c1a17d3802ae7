import Foundation

// Usage: SeamarkBenchmark SERVER-PROGRAM FLOORS-FOLDER WORK-FOLDER [RUNS]
//    or: SeamarkBenchmark numbers
// Prints a JSON line for each case, then a table.
let arguments = CommandLine.arguments
if arguments.dropFirst() == ["numbers"] {
    try NumbersCase.measure()
    exit(0)
}
guard arguments.count >= 4 else {
    FileHandle.standardError.write(Data("usage: SeamarkBenchmark SERVER-PROGRAM FLOORS-FOLDER WORK-FOLDER [RUNS]\n".utf8))
    exit(64)
}
do {
    let runs = arguments.count > 4 ? max(1, Int(arguments[4]) ?? 5) : 5
    let bench = Bench(server: arguments[1], floors: arguments[2], work: arguments[3])
    try bench.pushAndPull(records: 10_000, runs: runs)
    try bench.pushAndPull(records: 100_000, runs: max(1, runs / 2))
    try bench.small(runs: runs)
    bench.printTable()
    try NumbersCase.measure()
} catch {
    FileHandle.standardError.write(Data("benchmark: \(error)\n".utf8))
    exit(1)
}
