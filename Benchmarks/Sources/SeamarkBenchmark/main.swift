import Foundation

// Usage: SeamarkBenchmark SERVER-PROGRAM FLOORS-FOLDER WORK-FOLDER IDLE-HELPER RUNS [--large] [CASE...]
//    or: SeamarkBenchmark cases                   what cases there are
//    or: SeamarkBenchmark open STORE-FOLDER       for the benchmark itself: opens a store whose key comes on standard input
// Prints a JSON line and a table for each case. Exit status 2 where a goal was missed.
let arguments = CommandLine.arguments

// A helper that ends before it has read everything fails its case, and with it the server is stopped; it does not end this process.
signal(SIGPIPE, SIG_IGN)

/// The rows of the figures to reach, by what is asked of the script. `large` ones take minutes and gigabytes.
let cases: [(name: String, large: Bool, run: (Bench) throws -> Void)] = [
    // The first, while this process has held little: it measures itself.
    ("numbers", false, { try NumbersCase.measure($0) }),
    ("push", false, { bench in
        let tenth = try bench.pushAndPull(records: 10_000, runs: bench.runs)
        try bench.pushAndPull(records: 100_000, runs: max(1, bench.runs / 2), before: tenth)
        try bench.syncsOfAPush(records: 10_000)
    }),
    ("updates", false, { try $0.updates(records: 10_000) }),
    ("edit", false, { try $0.oneEdit() }),
    ("watchers", false, { bench in
        try bench.deviceToDevice(watchers: 1, edits: 200)
        try bench.deviceToDevice(watchers: 200, edits: 20)
    }),
    ("nothing", false, { bench in
        try bench.small(besides: 1000)
        try bench.small(besides: 100_000)
    }),
    ("crowd", false, { bench in
        try bench.crowd(devices: 50, records: 200, tenantEach: false)
        try bench.crowd(devices: 50, records: 200, tenantEach: true)
    }),
    ("bytes", false, { try $0.bytesOfAnEdit() }),
    ("idle", false, { try $0.idle(1000, helper: arguments[4]) }),
    ("tenants", false, { try $0.manyTenants(100, active: 20) }),
    ("answer", false, { try $0.oneAnswer() }),
    ("neighbours", false, { try $0.neighbours() }),
    ("million", true, { bench in
        try bench.historyInMemory()
        try bench.small(besides: 1_000_000)
    }),
    ("import", true, { try $0.neighbour(pushing: 1_000_000) }),
    ("idle-10000", true, { try $0.idle(10_000, helper: arguments[4]) }),
    ("tenants-5000", true, { try $0.manyTenants(5000, active: 1000) }),
]

func complain(_ text: String, _ status: Int32) -> Never {
    FileHandle.standardError.write(Data("benchmark: \(text)\n".utf8))
    exit(status)
}

do {
    if arguments.dropFirst() == ["cases"] {
        for one in cases { print(one.large ? "\(one.name) (with --large)" : one.name) }
        exit(0)
    }
    if arguments.count == 3, arguments[1] == "open" {
        try Bench.openStore(at: arguments[2])
        exit(0)
    }
    guard arguments.count >= 6, let runs = Int(arguments[5]), runs > 0 else { complain("see the beginning of main.swift for its arguments; Scripts/benchmark knows them", 64) }
    let asked = arguments.dropFirst(6).filter { $0 != "--large" }, isLarge = arguments.contains("--large")
    if let unknown = asked.first(where: { name in !cases.contains { $0.name == name } }) { complain("there is no case \(unknown); Scripts/benchmark --cases lists them", 64) }
    let bench = Bench(server: arguments[1], floors: arguments[2], work: arguments[3], runs: runs)
    for one in cases where asked.isEmpty ? isLarge || !one.large : asked.contains(one.name) { try one.run(bench) }
    exit(bench.hasMissed ? 2 : 0)
} catch {
    complain("\(error)", 1)
}
