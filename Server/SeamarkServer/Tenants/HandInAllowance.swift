internal import SeamarkJournal
internal import Synchronization

/// How much a device may hand in within a day: an import of a million records several times over, and no disk full by the end of the week that
/// nobody watched. What goes into quarantine counts sixteen times: nobody asked for it, and nobody can take it away.
///
/// Forgotten with the process. What is refused stays on the device, and the next day takes it.
final class HandInAllowance: Sendable {
    /// Bytes of blocks with their sensitive values.
    static let most = 1 << 30
    static let quarantineWeight = 16
    private static let day: Int64 = 86_400_000

    private let days = Mutex<[Identifier: (began: Int64, bytes: Int)]>([:])

    /// May the device hand in so many bytes now? A true counts them.
    ///
    /// - Parameter now: milliseconds since 1970; a day that lies ahead (a clock that was put back) is over too.
    func take(_ bytes: Int, of device: Identifier, at now: Int64) -> Bool {
        days.withLock { days in
            var day = days[device] ?? (now, 0)
            if day.began > now || now - day.began >= Self.day { day = (now, 0) }
            guard day.bytes + bytes <= Self.most else { return false }
            days[device] = (day.began, day.bytes + bytes)
            return true
        }
    }

    /// So many bytes that were taken went into quarantine.
    func quarantined(_ bytes: Int, of device: Identifier) {
        days.withLock { $0[device]?.bytes += bytes * (Self.quarantineWeight - 1) }
    }
}
