public import SeamarkJournal

// Devices that wait: headquarters confirms them by the words that stand for their keys. Whoever applies a push or answers a question reads
// here, in the same transaction, whether the device waits.
extension TenantTransaction {
    /// Somebody redeems an invitation once more: for so long after the first time that freezes the device which the first time made. It is the life of the
    /// certificate that the device got. A token that is found later raises the alarm, and stops nobody's work.
    public static let freezeMilliseconds: Int64 = 30 * 86_400_000

    /// One of the two who redeemed an invitation is not whom it was made for, and nothing here says which: the device waits until headquarters has
    /// asked. Once for each invitation: whoever holds the token cannot do it again after headquarters has confirmed the device.
    ///
    /// - Parameter signingKey: of the second one. With the first one's own it is that device, whose answer was lost.
    func freeze(_ redeemed: Invitation.Redeemed, against signingKey: [UInt8], at time: Int64) throws(StoreError) {
        guard time < redeemed.time &+ Self.freezeMilliseconds, let device = try device(redeemed.device), device.revoked == nil,
            device.signingKey != signingKey, try cause(of: device.id) != .reused
        else { return }
        try awaitConfirmation(of: device.id, because: .reused, at: time)
        try noteAct("device.freeze", detail: device.id.description, at: time)
    }

    /// The device reads nothing, and nothing is taken from it, until it is confirmed.
    public func awaitConfirmation(of device: Identifier, because cause: DeviceWait.Cause, at time: Int64) throws(StoreError) {
        let doing: StaticString = "making a device wait"
        let row = try statement(.awaitConfirmation, doing: doing)
        row.bind(device, at: 1)
        row.bind(time, at: 2)
        row.bind(cause.rawValue, at: 3)
        try row.run(doing: doing)
    }

    /// Why the device waits, or waited last.
    private func cause(of device: Identifier) throws(StoreError) -> DeviceWait.Cause? {
        let doing: StaticString = "looking whether a device waits"
        let row = try statement(.confirmation, doing: doing)
        row.bind(device, at: 1)
        defer { row.reset() }
        return try row.step(doing: doing) ? DeviceWait.Cause(rawValue: row.int(0)) ?? .reused : nil
    }

    /// The device waits no more. False where it did not.
    public func confirmDevice(_ id: Identifier, at time: Int64) throws(StoreError) -> Bool {
        try turn(.confirmDevice, id, "confirming a device") { $0.bind(time, at: 1); $0.bind(id, at: 2) }
    }

    /// Words were given for a device that waits, and are not its own. False where it does not wait.
    public func noteWrongWords(_ id: Identifier) throws(StoreError) -> Bool {
        try turn(.noteWrongWords, id, "noting wrong words") { $0.bind(id, at: 1) }
    }

    private func turn(_ query: Query, _ id: Identifier, _ doing: StaticString, _ bind: (PreparedStatement) -> Void) throws(StoreError) -> Bool {
        guard try device(id)?.wait != nil else { return false }
        let row = try statement(query, doing: doing)
        bind(row)
        try row.run(doing: doing)
        return true
    }
}
