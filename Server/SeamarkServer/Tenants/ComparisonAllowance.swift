internal import SeamarkJournal
internal import Synchronization

/// How much of a tenant's rows and logs its devices may have read for comparisons: each so much an hour, whatever it claims.
///
/// A whole comparison reads a scope's rows little more than once, and a dispute its log once or twice. The bound follows the dearest single
/// request, so that large scopes can be compared as well as small ones.
final class ComparisonAllowance: Sendable {
    private struct Hour {
        let began: Int64
        var spent = 0
        var dearest = 0
    }

    /// Rows or changes that are free of any bound but this.
    private static let least = 200_000
    /// What a request costs at least.
    private static let leastCost = 200
    private static let hour: Int64 = 3_600_000

    private struct State {
        var hours: [Identifier: Hour] = [:]
        var running: Set<Identifier> = []
    }

    private let state = Mutex(State())

    /// May the device have something compared now? One request of a device runs at a time: what it costs is known only afterwards, and many
    /// connections at once must not cost many times the bound. Every true is followed by one `end`.
    ///
    /// - Parameter now: milliseconds since 1970; an hour that lies ahead (a clock that was put back) is over too.
    func begin(_ device: Identifier, at now: Int64) -> Bool {
        state.withLock { state in
            guard !state.running.contains(device) else { return false }
            if let hour = state.hours[device] {
                if hour.began > now || now - hour.began >= Self.hour {
                    state.hours[device] = nil
                } else if hour.spent >= max(Self.least, 6 * hour.dearest) {
                    return false
                }
            }
            state.running.insert(device)
            return true
        }
    }

    /// - Parameter cost: rows and changes that were read; nil where the request was refused before any was.
    func end(_ cost: Int?, by device: Identifier, at now: Int64) {
        state.withLock { state in
            state.running.remove(device)
            guard let cost else { return }
            var hour = state.hours[device] ?? Hour(began: now)
            hour.spent += max(cost, Self.leastCost)
            hour.dearest = max(hour.dearest, cost)
            state.hours[device] = hour
        }
    }
}
