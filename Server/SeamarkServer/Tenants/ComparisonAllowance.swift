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

    private let hours = Mutex<[Identifier: Hour]>([:])

    /// - Parameter now: milliseconds since 1970; an hour that lies ahead (a clock that was put back) is over too.
    func mayCompare(_ device: Identifier, at now: Int64) -> Bool {
        hours.withLock { hours in
            guard let hour = hours[device] else { return true }
            guard hour.began <= now, now - hour.began < Self.hour else {
                hours[device] = nil
                return true
            }
            return hour.spent < max(Self.least, 6 * hour.dearest)
        }
    }

    /// - Parameter cost: rows and changes that were read.
    func spend(_ cost: Int, by device: Identifier, at now: Int64) {
        hours.withLock { hours in
            var hour = hours[device] ?? Hour(began: now)
            hour.spent += max(cost, Self.leastCost)
            hour.dearest = max(hour.dearest, cost)
            hours[device] = hour
        }
    }
}
