import ArgumentParser
import FuzzSupport
import Glibc
import SeamarkJournal

/// `seamark-fuzz TARGET SECONDS`: see `Scripts/fuzz`.
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seamark-fuzz", abstract: "Throw mutated inputs at one of the ways in for bytes of strangers.",
        discussion: "Exits 3 with the input in a file when something broke. Targets: "
            + FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ") + ".")

    @Argument(help: "What to throw at.", transform: { text throws in
        guard let target = FuzzTarget(rawValue: text) else { throw ValidationError("no such target; see --help") }
        return target
    })
    var target: FuzzTarget
    @Argument(help: "For how long.") var seconds: Double
    @Option(help: "The same seed, corpus and number of executions try the same inputs.") var seed: UInt64 = 1
    @Option(help: "A folder of inputs to begin with.") var corpus: String?
    @Option(help: "A folder into which inputs go that led somewhere new.") var keep: String?
    @Option(help: "The file that holds the input that is being tried.") var last = "fuzz-last-input"
    @Flag(help: "Plant a mistake, which must be found.") var canary = false

    func run() throws {
        var fuzzer = try Fuzzer(target, seed: seed, corpus: try corpus.map(InputFolder.read) ?? [], canary: canary)
        let file = open(last, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ValidationError("\(last) cannot be written") }
        let finding = fuzzer.run(seconds: seconds, watchesMemory: true) { input in
            pwrite(file, input, input.count, 0)
            ftruncate(file, input.count)
        }
        if let keep { try InputFolder.write(fuzzer.discoveries.filter { $0.count <= 2_048 }, to: keep) }
        print("\(target.rawValue): \(fuzzer.executions) executions, \(fuzzer.taken) taken, \(fuzzer.discoveries.count) ways, seed \(seed)", terminator: "")
        guard let finding else {
            print("; nothing broke")
            unlink(last)
            return
        }
        print("; BROKEN at execution \(finding.execution): \(finding.words); the input is in \(last)")
        throw ExitCode(3)
    }
}
