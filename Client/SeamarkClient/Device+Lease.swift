import SeamarkCrypto
public import SeamarkStore

extension Device {
    /// Progress of the clock that need not be noted down: reading does not write each time. Short, since a clock that is set back in between takes it
    /// away, as one does that is kept from moving.
    private static let unnoted: Int64 = 60_000
    private static let renewedEvery: Int64 = 3_600_000

    /// The clock stands before what was seen of it, and the store cannot be written to note that down: what passes from now on would count for nothing
    /// until the clock is where it was.
    public struct UnnotedClock: Error, Sendable {
        public let cause: any Error
    }

    /// The lease by the clock as it stands now, and notes down what was seen of it.
    ///
    /// A disk that is full or read-only does not keep anybody from reading: then the next look counts from the one before. Throws `UnnotedClock` where that
    /// would give time away.
    public func lookAtLease() throws -> OfflineLease {
        let state = try state
        let lease = lease(state)
        let noted = OfflineLease(state.settings[.lease])
        if let noted, lease.seen >= noted.seen, lease.passed &- noted.passed < Self.unnoted { return lease }
        do {
            // Others may have looked, or synced, meanwhile.
            try store.transaction { try $0.append(.setting(.lease, self.lease($0.state).value)) }
        } catch {
            // Clocks are put right by seconds.
            if let noted, lease.seen < noted.seen &- Self.unnoted { throw UnnotedClock(cause: error) }
        }
        return lease
    }

    /// Headquarters has spoken again over a connection that stays: the lease begins anew, noted down once an hour.
    func renewLease() throws {
        guard try lease(state).passed >= Self.renewedEvery else { return }
        try store.transaction { try $0.append(.setting(.lease, OfflineLease(now: now()).value)) }
    }

    /// The lease by the clock as it stands now. Before this device noted one down it counts from the last complete sync, else from the
    /// beginning of its certificate, which is enrolment less what servers allow for clocks that are behind.
    public func lease(_ state: DeviceState) -> OfflineLease {
        let now = now()
        let certified = (try? Certificate(der: state.identity.certificate)).map { $0.notBefore &* 1000 }
        var lease = OfflineLease(state.settings[.lease]) ?? OfflineLease(now: state.lastComplete?.time ?? certified ?? now)
        lease.look(at: now)
        return lease
    }
}
