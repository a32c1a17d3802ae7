internal import SeamarkJournal
internal import Synchronization

/// How often a device may have its certificate renewed: so often within an hour from the first. An answer that was lost is asked for again at
/// once, so once is not enough; and each time is an act in a chain that is never shortened, so often is too much.
///
/// Forgotten with the process: who makes a server stop has better things to do with it than renewing.
final class RenewalAllowance: Sendable {
    static let most = 6
    private static let hour: Int64 = 3_600_000

    private let hours = Mutex<[Identifier: (began: Int64, count: Int)]>([:])

    /// May this device, which has proved that it is that device, have another certificate now? A true is counted.
    ///
    /// - Parameter now: milliseconds since 1970; an hour that lies ahead (a clock that was put back) is over too.
    func take(_ device: Identifier, at now: Int64) -> Bool {
        hours.withLock { hours in
            var hour = hours[device] ?? (now, 0)
            if hour.began > now || now - hour.began >= Self.hour { hour = (now, 0) }
            guard hour.count < Self.most else { return false }
            hours[device] = (hour.began, hour.count + 1)
            return true
        }
    }
}
