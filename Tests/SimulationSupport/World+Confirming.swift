internal import SeamarkJournal
internal import SeamarkStore
internal import SeamarkTestSupport

// Laptops that wait until headquarters has confirmed their words: from the beginning, or since somebody redeemed their invitation once more.
extension World {
    /// A device waits from here on, as if it had just enrolled so. Where it does already, is revoked, or was frozen since its invitation was redeemed
    /// twice, nothing happens.
    func freeze(_ number: Int) throws {
        let id = Cast.device(number)
        var isFrozen = false
        try server.administer { transaction in
            guard let device = try transaction.device(id), device.revoked == nil, device.wait == nil, try !isFrozenByRedemption(id, transaction) else { return }
            try transaction.awaitConfirmation(of: id, because: .invited, at: server.clock.now)
            isFrozen = true
        }
        guard isFrozen else { return }
        counts.freezes += 1
        trace.note("\(agenda.now) ms: device of seat \(number) waits to be confirmed")
        lookAtWaiting(id)
    }

    /// Headquarters has had the words read from the laptop.
    func confirm(_ number: Int) throws {
        let id = Cast.device(number)
        try checkWaiting(id)
        try server.administer { _ = try $0.confirmDevice(id, at: server.clock.now) }
        waiting[id] = nil
    }

    /// Before the last rounds everybody is asked.
    func confirmAll() throws { for number in 0..<schedule.devices { try confirm(number) } }

    /// What the server holds of a device when it begins to wait, where that can be read just then.
    func lookAtWaiting(_ id: Identifier) {
        waiting[id] = nil
        do {
            let known = try server.store.read { try $0.device(id)?.awaitsConfirmation == true ? heldOf(id, $0) : nil }
            waiting[id] = known
        } catch where server.hasTrouble {} catch { fault("looking at a device that waits", error) }
    }

    /// Of a device that waits nothing is taken. Others may give back to a server that was put back what they have of it.
    private func checkWaiting(_ id: Identifier) throws {
        guard let known = waiting[id], counts.serverRestores == 0 else { return }
        // One that is revoked while it waits hands its work in to the quarantine, as every revoked device does.
        let now = try server.store.read { try $0.device(id)?.awaitsConfirmation == true ? heldOf(id, $0) : nil }
        if let now, now != known { violate(.unconfirmed, "the server took something from device \(id), which waits to be confirmed") }
    }

    private func heldOf(_ id: Identifier, _ snapshot: TenantSnapshot) throws -> Set<Hash256> {
        Set(try snapshot.streamEnds(ofDevice: id).map(\.1.hash))
    }
}
