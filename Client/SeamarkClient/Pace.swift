/// How long something will take yet, by how it went lately. It looks at no clock: time comes in with what is left.
///
/// Where more comes to wait meanwhile, that is no going back: only what was done counts.
public struct Pace: Sendable {
    /// Of so many milliseconds the pace is made: a line that was fast a while ago says little of now.
    public static let windowMilliseconds: Int64 = 15_000
    /// Nothing is said before so many have passed: the first pieces come faster than all others, or slower.
    public static let leastMilliseconds: Int64 = 500
    /// Nobody waits for longer than this, in seconds; then nothing is said.
    public static let mostSeconds = 100 * 3600
    /// Samples closer to each other than this are one.
    private static let stepMilliseconds: Int64 = 100

    private struct Sample {
        let time: Int64
        /// All that was done since the beginning.
        let done: Int
    }

    private var samples: [Sample] = []
    /// What is left, and what was done since the beginning: together the whole.
    public private(set) var left = 0
    public private(set) var done = 0

    public init() {}

    public var whole: Int { done + left }

    /// - Parameters:
    ///   - left: at least 0.
    ///   - time: milliseconds; not before an earlier one's.
    public mutating func note(left now: Int, at time: Int64) {
        let now = max(0, now)
        guard let last = samples.last else {
            left = now
            samples = [Sample(time: time, done: 0)]
            return
        }
        // While nothing was to be done nothing was slow.
        guard left > 0 else {
            left = now
            samples = [Sample(time: time, done: done)]
            return
        }
        done += max(0, left - now)
        left = now
        guard time - last.time >= Self.stepMilliseconds else { return }
        samples.append(Sample(time: time, done: done))
        while samples.count > 2, samples[1].time <= time - Self.windowMilliseconds { samples.removeFirst() }
    }

    /// Nil where it cannot be said: too early, nothing done lately, or without end. A line that stands still takes longer with every second.
    public func secondsLeft(at time: Int64) -> Int? {
        guard left > 0 else { return 0 }
        guard let first = samples.first, time - first.time >= Self.leastMilliseconds, done > first.done else { return nil }
        let seconds = (Double(left) * Double(time - first.time) / Double(done - first.done) / 1000).rounded(.up)
        return seconds <= Double(Self.mostSeconds) ? Int(seconds) : nil
    }

    /// Of the whole, from 0 to 1.
    public var fraction: Double { whole == 0 ? 1 : Double(done) / Double(whole) }
}
