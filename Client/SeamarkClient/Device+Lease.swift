import SeamarkCrypto
public import SeamarkStore

extension Device {
    /// Progress of the clock that need not be noted down: reading does not write each time.
    private static let unnoted: Int64 = 3_600_000

    /// The lease by the clock as it stands now, and notes down what was seen of it.
    ///
    /// A disk that is full or read-only does not keep anybody from reading: then the next look counts from the one before.
    public func lookAtLease() throws -> OfflineLease {
        let state = try state
        let lease = lease(state)
        if let noted = OfflineLease(state.settings[.lease]), lease.seen >= noted.seen, lease.passed &- noted.passed < Self.unnoted { return lease }
        // Others may have looked, or synced, meanwhile.
        try? store.transaction { try $0.append(.setting(.lease, self.lease($0.state).value)) }
        return lease
    }

    /// Headquarters has spoken again over a connection that stays: the lease begins anew, noted down once an hour.
    func renewLease() throws {
        guard try lease(state).passed >= Self.unnoted else { return }
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
