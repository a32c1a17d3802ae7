import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import SeamarkTLS

extension Device {
    /// The order to wipe this store that is still to be carried out.
    public var orderedWipe: OrderedWipe? { get throws { OrderedWipe(try state.settings[.wipeOrder]) } }

    /// Nobody opens this store any more without the passphrase. Where nobody keeps keys there is none to forget.
    public func forgetKey() { _ = try? KeyHolder.forget(store.id) }

    /// Headquarters has turned this device away elsewhere than in a greeting, perhaps with an order to wipe it. Durable when this returns.
    func dismissed(with order: Message.WipeOrder?, _ knowledge: SyncSession.Knowledge) throws {
        let identity = try state.identity
        if let order, try !order.isMeant(for: identity.device, of: identity.tenant, believing(order, identity, knowledge)) {
            throw SyncRun.Failure(cause: .sync(.forgedOrder), acknowledged: 0)
        }
        try store.transaction { transaction in
            try transaction.append(.setting(.isRevoked, .bool(true)))
            try transaction.hear(order)
        }
        if try orderedWipe != nil { forgetKey() }
    }

    /// For one that slept through the end of the authority that it knows: whom the order's words lead to from that one is believed as to this order.
    /// Nothing is kept of them, since there is no certificate to keep them with, and none will come any more.
    private func believing(_ order: Message.WipeOrder, _ identity: DeviceIdentity, _ knowledge: SyncSession.Knowledge) throws -> SyncSession.Knowledge {
        guard let led = identity.led(to: order.authority, by: order.words) else { return knowledge }
        let isEndorsed = try tools.endorsement(led.end.der)
        return SyncSession.Knowledge(
            primitives: knowledge.primitives,
            isGenuine: { key in
                knowledge.isGenuine(key)
                    || isEndorsed(Message.ServerKey.message(tenant: identity.tenant, epoch: key.epoch, device: key.device, key: key.key), key.signature)
            }, signingKey: knowledge.signingKey, replacedKeys: knowledge.replacedKeys)
    }

    /// Carries an order out: destroys the store at `path`, which is this one, its wrapped key first, and tells headquarters. False where
    /// headquarters could not be told; the store is gone then too. Throws `DeviceStoreError`, `syncRunning` among them.
    public func wipe(at path: String, stop: StopLine = .never) throws -> Bool {
        let identity = try state.identity
        forgetKey()
        try DeviceStore.wipe(at: path)
        return (try? report(identity, stop)) ?? false
    }

    /// Says over a connection of its own that this device holds nothing any more. True once the server has noted that down.
    private func report(_ identity: DeviceIdentity, _ stop: StopLine) throws -> Bool {
        let tls = try TLSClientContext(
            trust: identity.serverTrust, serverName: identity.serverName, label: identity.label,
            identity: TLSIdentity(certificate: identity.certificate, privateKey: identity.privateKey.copy()))
        let conversation = try Conversation(host: identity.serverHost, port: identity.serverPort, context: tls, stop: stop)
        guard case .welcome? = try conversation.next() else { return false }
        try conversation.send(.status(Message.Status(time: now(), software: SyncRun.software, schema: schema, scopes: [], isWiped: true)))
        defer { conversation.close() }
        return try conversation.next() == nil
    }
}

extension DeviceTransaction {
    /// Headquarters was heard: an order, or that much less patience with one that there is.
    func hear(_ order: Message.WipeOrder?) throws {
        guard let wipe = OrderedWipe(hearing: order, after: state.settings[.wipeOrder]) else { return }
        try append(.setting(.wipeOrder, wipe.value))
    }
}
