internal import ArgumentParser
internal import Foundation
internal import SimulationSupport
internal import Synchronization

extension SimulateCommand {
    /// What the workers said so far.
    private struct Sum {
        var played: UInt64 = 0
        var counts = Counts()
        var failed: [UInt64: [(invariant: String, detail: String)]] = [:]
        var traces: [UInt64: String] = [:]
        var sampled = 0
    }

    /// Starts the workers, adds up what they say, and ends with the one JSON line.
    func lead() throws {
        let start = ContinuousClock.now
        let sum = Mutex(Sum())
        let isTerminal = isatty(2) == 1 && !quiet
        let group = DispatchGroup()
        let stop = StopRequest()
        for worker in 0..<workers {
            let lives = Lives(of: worker, in: self, until: stop)
            group.enter()
            Thread.detachNewThread {
                lives.follow(into: sum) { sum in
                    guard isTerminal, sum.played % 100 == 0 else { return }
                    FileHandle.standardError.write(Data("\r\(sum.played) schedules, \(sum.failed.count) failed".utf8))
                }
                group.leave()
            }
        }
        group.wait()
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1b}[K".utf8)) }
        let seconds = Double(start.duration(to: .now).components.attoseconds) / 1e18 + Double(start.duration(to: .now).components.seconds)
        let done = sum.withLock { $0 }
        if stop.wasMade { print("stopped by a signal; what follows counts the schedules that were played to their end") }
        try conclude(done, seconds)
    }

    /// Takes in all that a worker says. Returns the seed that it died of, where it did not come to its end; 0 where that was before any.
    private static func read(_ handle: FileHandle, into sum: borrowing Mutex<Sum>, _ told: (Sum) -> Void) -> UInt64? {
        var rest = ""
        var current: UInt64?
        var isFinished = false
        while case let data = handle.availableData, !data.isEmpty {
            rest += String(decoding: data, as: UTF8.self)
            var lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
            rest = String(lines.removeLast())
            for line in lines {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                switch words.first {
                case "b": current = UInt64(words[1])
                case "f": isFinished = true
                case "v":
                    guard let seed = UInt64(words[1]) else { continue }
                    sum.withLock { sum in
                        let known = sum.failed[seed, default: []]
                        let detail = words.count > 3 ? words[3] : ""
                        if !known.contains(where: { $0.invariant == words[2] && $0.detail == detail }) {
                            sum.failed[seed] = known + [(words[2], detail)]
                        }
                    }
                case "e":
                    let words = line.split(separator: " ").map(String.init)
                    guard words.count == 4 + Counts.names.count, let seed = UInt64(words[1]) else { continue }
                    current = nil
                    sum.withLock { sum in
                        if words[2] == "1" {
                            sum.played += 1
                            for ((_, path), word) in zip(Counts.names, words[4...]) { sum.counts[keyPath: path] += Int(word) ?? 0 }
                        }
                        if words[3] != "-" {
                            if let other = sum.traces.updateValue(words[3], forKey: seed) {
                                sum.sampled += 1
                                if other != words[3] { sum.failed[seed, default: []].append(("undetermined", "two processes play it differently")) }
                            }
                        }
                        told(sum)
                    }
                case _: continue
                }
            }
        }
        return isFinished ? nil : current ?? 0
    }

    /// The processes of one worker, one after the other: what a trap ends, the next takes up behind the seed that it died of.
    ///
    /// `@unchecked Sendable`: what was asked for on the command line does not change.
    private struct Lives: @unchecked Sendable {
        /// Whatever dies so often has more wrong with it than a few seeds.
        private static let most = 20

        let worker: Int
        let command: SimulateCommand
        let stop: StopRequest
        private let start = ContinuousClock.now

        init(of worker: Int, in command: SimulateCommand, until stop: StopRequest) {
            self.worker = worker
            self.command = command
            self.stop = stop
        }

        func follow(into sum: borrowing Mutex<Sum>, _ told: (Sum) -> Void) {
            var skipped: UInt64 = 0
            for _ in 0..<Self.most {
                guard let process = begin(after: skipped), let output = process.standardOutput as? Pipe else { return }
                stop.follow(process.processIdentifier)
                let died = SimulateCommand.read(output.fileHandleForReading, into: sum, told)
                stop.forget(process.processIdentifier)
                // A worker that is stopped before it listens ends by the signal, and by no fault of a seed.
                guard let died, !(stop.wasMade && died == 0) else { return }
                sum.withLock { $0.failed[died, default: []].append(("trapped", "the process died while it played this seed")) }
                guard died >= command.seed else { return }
                skipped = died - command.seed + 1
            }
        }

        /// The process, at work; nil where none can be started.
        private func begin(after skipped: UInt64) -> Process? {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0].contains("/") ? CommandLine.arguments[0] : "/proc/self/exe")
            let passed = start.duration(to: .now) / .seconds(60)
            process.arguments = ["--worker", "\(worker)", "--workers", "\(command.workers)", "--schedules", "\(command.schedules)", "--seed", "\(command.seed)"]
                + ["--skipped", "\(skipped)"] + (command.minutes.map { ["--minutes", "\(max(0, $0 - passed))"] } ?? []) + command.settings
            process.standardOutput = Pipe()
            guard (try? process.run()) != nil else { return nil }
            return process
        }
    }

    private func conclude(_ sum: Sum, _ seconds: Double) throws {
        let simulation = try Simulation()
        for seed in sum.failed.keys.sorted().prefix(quiet ? 5 : 3) {
            guard let first = sum.failed[seed]?.first else { continue }
            print("seed \(seed): \(first.invariant): \(first.detail)")
            print("  replay it: ./Scripts/simulate --replay \((["\(seed)"] + settings).joined(separator: " "))")
            guard !quiet, let invariant = Violation.Invariant(rawValue: first.invariant), invariant != .trapped, invariant != .undetermined else { continue }
            let short = simulation.shrink(Schedule(seed: seed, faults: faults), invariant, mistake: planted)
            print("  shrunk to \(short.steps.count) steps, of \(short.devices) devices and \(short.scopes) scopes:")
            for step in short.steps { print("    \(step)") }
        }
        var violations: [String: [UInt64]] = [:]
        for (seed, found) in sum.failed {
            for invariant in Set(found.map(\.invariant)) { violations[invariant, default: []].append(seed) }
        }
        for (invariant, seeds) in violations.sorted(by: { $0.key < $1.key }) {
            print("\(invariant): \(seeds.sorted().prefix(200).map(String.init).joined(separator: ", "))")
        }
        let byName = Violation.Invariant.allCases.map { "\"\($0.rawValue)\":\(violations[$0.rawValue]?.count ?? 0)" }.joined(separator: ",")
        let rounded = Double(Int(seconds * 100)) / 100
        let counts = Counts.names.map { "\"\($0.name)\":\(sum.counts[keyPath: $0.path])" }.joined(separator: ",")
        print(
            "{\"schedules\":\(sum.played),\(byName),\"failed\":\(sum.failed.count),\"sampledTwice\":\(sum.traces.count),\(counts),"
                + "\"firstSeed\":\(seed),\"seconds\":\(rounded)}")
        if !sum.failed.isEmpty || sum.played == 0 { throw ExitCode(1) }
    }
}
