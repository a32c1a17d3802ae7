internal import ArgumentParser
internal import Foundation
internal import SimulationSupport

/// Plays schedules in two processes and says what came of them. `Scripts/simulate` builds and runs it.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamark-simulate",
        abstract: "Whole clients and a whole server in one process, from a seed: is anything lost, doubled, hidden or different?")

    @Option(help: "How many schedules.") var schedules: UInt64 = 20_000
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "Stop after so many minutes, whatever --schedules says.") var minutes: Double?
    @Option(help: "Play this one seed and tell what happens in it.") var replay: UInt64?
    @Option(help: "Processes.") var workers: Int = 2
    @Option(help: "Plant this mistake into the harness: \(Mistake.allCases.map(\.rawValue).joined(separator: ", ")).") var mistake: String?
    @Option(help: "Another weight of a fault, such as serverRestore=2. May be repeated.") var with: [String] = []
    @Flag(help: "No progress, and failing seeds are not shrunk.") var quiet = false
    @Option(help: .private) var worker: Int?
    @Option(help: .private) var skipped: UInt64 = 0

    var planted: Mistake? { mistake.flatMap { Mistake(rawValue: $0) } }
    var faults: Faults { with.reduce(.supported) { $0.with($1) ?? $0 } }
    /// What makes the same runs again, for the line that replays one.
    var settings: [String] { with.flatMap { ["--with", $0] } + (mistake.map { ["--mistake", $0] } ?? []) }

    func validate() throws {
        guard workers >= 1, workers <= 64 else { throw ValidationError("--workers is 1 to 64") }
        for setting in with where Faults.supported.with(setting) == nil { throw ValidationError("no such fault: \(setting)") }
        guard mistake == nil || planted != nil else { throw ValidationError("no such mistake; see --help") }
    }

    func run() throws {
        if let replay { return try tell(replay) }
        if let worker { return try work(worker) }
        try lead()
    }

    // MARK: One seed

    private func tell(_ seed: UInt64) throws {
        let simulation = try Simulation()
        let schedule = Schedule(seed: seed, faults: faults)
        let result = try simulation.play(schedule, mistake: planted, inWords: true)
        for line in result.words { print(line) }
        print("trace \(String(result.trace, radix: 16))")
        guard let first = result.violations.first else { return print("seed \(seed): nothing is wrong") }
        for violation in result.violations { print("\(violation.invariant.rawValue): \(violation.detail)") }
        let short = simulation.shrink(schedule, first.invariant, mistake: planted)
        print("The shortest history that was found (\(short.steps.count) steps, \(short.devices) devices, \(short.scopes) scopes):")
        for line in try simulation.play(short, mistake: planted, inWords: true).words { print("  \(line)") }
        throw ExitCode(1)
    }

    // MARK: A worker's part: every so many-th seed, a line for each

    /// Every so many schedules one is played twice, and by every worker: equal traces in one process and in two.
    private static let sample: UInt64 = 64

    private func work(_ worker: Int) throws {
        let simulation = try Simulation()
        let start = ContinuousClock.now
        let stop = StopRequest()
        for number in min(skipped, schedules)..<schedules {
            let seed = seed + number
            let isSample = number % Self.sample == 0
            guard isSample || number % UInt64(workers) == UInt64(worker) else { continue }
            if let minutes, start.duration(to: .now) > .seconds(minutes * 60) { break }
            if stop.wasMade { break }
            // Said before it is played: should the process die, its leader knows by which seed.
            say("b \(seed)")
            let result = try simulation.play(seed: seed, faults: faults, mistake: planted, twice: isSample)
            let isMine = number % UInt64(workers) == UInt64(worker)
            for violation in result.violations { say("v \(seed) \(violation.invariant.rawValue) \(violation.detail)") }
            let counts = Counts.names.map { String(result.counts[keyPath: $0.path]) }.joined(separator: " ")
            say("e \(seed) \(isMine ? 1 : 0) \(isSample ? String(result.trace) : "-") \(counts)")
        }
        say("f")
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
