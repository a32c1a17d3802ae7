internal import SeamarkStore

/// Plays schedules. One of these for each process: what all schedules have in common is made once.
public final class Simulation {
    /// What one schedule came to.
    public struct Result: Sendable {
        public let seed: UInt64
        public let violations: [Violation]
        /// Equal for equal runs.
        public let trace: UInt64
        public let counts: Counts
        /// Everything that happened, where it was asked for.
        public let words: [String]
    }

    private let cast: Cast

    public init() throws { cast = try Cast() }

    public func play(_ schedule: Schedule, mistake: Mistake? = nil, inWords: Bool = false) throws -> Result {
        let world = try World(schedule, cast, mistake: mistake, inWords: inWords)
        world.play()
        return Result(
            seed: schedule.seed, violations: world.violations, trace: world.trace.hash, counts: world.counts, words: world.trace.lines ?? [])
    }

    /// Plays a seed; plays it a second time where asked, and compares.
    public func play(seed: UInt64, faults: Faults = .supported, mistake: Mistake? = nil, twice: Bool = false) throws -> Result {
        let schedule = Schedule(seed: seed, faults: faults)
        let result = try play(schedule, mistake: mistake)
        guard twice, result.violations.isEmpty else { return result }
        let again = try play(schedule, mistake: mistake)
        guard again.trace != result.trace else { return result }
        return Result(
            seed: seed, violations: [Violation(invariant: .undetermined, detail: "two runs differ")], trace: result.trace, counts: result.counts,
            words: [])
    }

    /// The shortest history found that fails in the same way: steps are left out greedily, in halves, quarters and one by one, and with them
    /// devices. `effort` bounds how many histories are played.
    public func shrink(_ schedule: Schedule, _ invariant: Violation.Invariant, mistake: Mistake? = nil, effort: Int = 600) -> Schedule {
        var best = schedule
        var left = effort
        func fails(_ candidate: Schedule) -> Bool {
            left -= 1
            return (try? play(candidate, mistake: mistake).violations.contains { $0.invariant == invariant }) ?? false
        }
        for device in 0..<schedule.devices {
            var candidate = best
            candidate.steps.removeAll { $0.device == device }
            if candidate.steps.count < best.steps.count, left > 0, fails(candidate) { best = candidate }
        }
        var size = max(1, best.steps.count / 2)
        while left > 0 {
            var start = 0
            var hasShrunk = false
            while start < best.steps.count, left > 0 {
                var candidate = best
                candidate.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if fails(candidate) {
                    best = candidate
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        return best
    }
}
